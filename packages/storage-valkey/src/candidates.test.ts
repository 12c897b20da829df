import { covers, parseScope } from "@unimem/core/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { outermost } from "./candidates.ts";

const scope = fc
  .array(fc.constantFrom("a", "A", "aa", "b", "a-", "é"), { maxLength: 4 })
  .map((segments) => parseScope(segments.join("/")));

test("the outermost scopes are those that no other covers, each once", () => {
  fc.assert(
    fc.property(fc.array(scope, { maxLength: 8 }), (scopes) => {
      const distinct = [...new Set(scopes)];
      const isCovered = (inner: (typeof scopes)[number]) =>
        distinct.some((outer) => outer !== inner && covers(outer, inner));
      expect(outermost(scopes)).toEqual(distinct.filter((each) => !isCovered(each)));
    }),
  );
});

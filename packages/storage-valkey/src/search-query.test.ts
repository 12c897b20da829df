import { parseScope, type RecordFilter } from "@unimem/core/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nearestQuery, searchConditions } from "./search-query.ts";

const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("*", "ab*", "a|b", "x} | @own:{s", "a=>[KNN", "$q", "-", "\\", "\u001f", " "),
);
const some = fc.array(anything, { minLength: 1, maxLength: 4 });
const scope = fc
  .array(
    anything.filter((each) => !/^\.\.?$|[\p{Cc}]/u.test(each)),
    { maxLength: 3 },
  )
  .map((segments) => parseScope(segments.join("/").replaceAll("/./", "").slice(0, 100)));
const time = fc.date({ noInvalidDate: true });

test("nothing that a caller wrote is in a query as it was", () => {
  const filters = fc.record(
    {
      visibleTo: fc.oneof(
        fc.constantFrom("all" as const, "public" as const),
        fc.record({ source: anything }),
      ),
      categories: some,
      sources: some,
      createdAfter: time,
      createdBefore: time,
      asOf: time,
      state: fc.constantFrom("current", "superseded", "any"),
    },
    { requiredKeys: ["visibleTo"] },
  );
  fc.assert(
    fc.property(filters, (filter) => {
      const conditions = searchConditions(filter as RecordFilter) ?? [];
      for (const condition of conditions)
        expect(condition).toMatch(
          /^@(own|anc|cat|src):\{[A-Za-z0-9%]+(\|[A-Za-z0-9%]+)*\}$|^@(ts|upd|sup):\[(-inf|\(?-?\d+) (\+inf|\(?-?\d+)\]$/,
        );
    }),
    { numRuns: 2_000 },
  );
});

test("scopes are whole tags: a scope does not say what is beside it", () => {
  fc.assert(
    fc.property(fc.array(scope, { minLength: 1, maxLength: 3 }), (scopes) => {
      const conditions = searchConditions({ visibleTo: "all", state: "any", scopes }) ?? [];
      if (scopes.includes(parseScope("/"))) expect(conditions).toEqual([]);
      else expect(conditions[0]).toMatch(/^@anc:\{[A-Za-z0-9%]+(\|[A-Za-z0-9%]+)*\}$/);
    }),
  );
});

test("a query without conditions takes every record, and one that is too long is none", () => {
  expect(searchConditions({ visibleTo: "all", state: "any" })).toEqual([]);
  expect(nearestQuery([], undefined)).toBe("*=>[KNN $k @vec $q AS score]");
  expect(nearestQuery(["@own:{c}", "@anc:{%2Fa}"], 200)).toBe(
    "(@own:{c} @anc:{%2Fa})=>[KNN $k @vec $q EF_RUNTIME 200 AS score]",
  );
  const categories = Array.from({ length: 2_000 }, (_, i) => `category ${i}`);
  expect(searchConditions({ visibleTo: "all", categories })).toBeUndefined();
});

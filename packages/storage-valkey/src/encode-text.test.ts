import { parseScope } from "@unimem/core/storage";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromMember, scopeTags, toMember, toTag } from "./encode-text.ts";

// Every UTF-16 code unit on its own too: halves of surrogate pairs, and what lies above them.
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7f0, max: 0xffff })))
    .map((units) => String.fromCharCode(...units)),
);

describe("toMember", () => {
  test("gives every text back, and is well-formed", () => {
    fc.assert(
      fc.property(text, (each) => {
        expect(toMember(each).isWellFormed()).toBe(true);
        expect(fromMember(toMember(each))).toBe(each);
      }),
      { numRuns: 2_000 },
    );
  });

  test("orders by bytes as core orders by code unit", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const byBytes = Buffer.compare(Buffer.from(toMember(a)), Buffer.from(toMember(b)));
        expect(byBytes).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
      { numRuns: 2_000 },
    );
  });

  test("leaves text alone that has nothing above the surrogates", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (each) => {
        expect(toMember(each)).toBe(each);
      }),
    );
  });
});

describe("toTag", () => {
  test("holds letters, digits and % alone, is never empty and never long", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ minLength: 100, maxLength: 600 })), (each) => {
        expect(toTag(each)).toMatch(/^[A-Za-z0-9%]{1,200}$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("gives different texts different tags, also where one is made to look like the tag of another", () => {
    const crafted = text.chain((each) => fc.constantFrom(each, toTag(each), `${each}%`, ""));
    fc.assert(
      fc.property(crafted, crafted, (a, b) => {
        expect(toTag(a) === toTag(b)).toBe(a === b);
      }),
      { numRuns: 2_000 },
    );
  });

  test("keeps long texts apart that differ only at their end", () => {
    const long = "x".repeat(500);
    const tags = [long, `${long}a`, `${long}b`, toTag(long)].map(toTag);
    expect(new Set(tags).size).toBe(4);
    expect(tags[0]).toMatch(/^%x[0-9a-f]{64}$/);
  });
});

describe("scopeTags", () => {
  test("are the tags of the root, of the scope and of all between them, however long they are", () => {
    const segment = fc.oneof(
      fc.string({ minLength: 1, maxLength: 80 }).map((each) => `s${each.replaceAll("/", "")}`),
      fc.constantFrom("%2F", "%", "a%2Fb", "é", "漢字", "😀"),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
        const above = segments.map((_, i) => `/${segments.slice(0, i + 1).join("/")}`);
        expect(scopeTags(parseScope(segments.join("/")))).toEqual(["/", ...above].map(toTag));
      }),
      { numRuns: 1_000 },
    );
  });
});

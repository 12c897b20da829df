import fc from "fast-check";
import { expect, test } from "vitest";
import { parseIndexDefinition } from "./index-definition.ts";
import { indexHash } from "./indexed-hash.ts";
import { parseSearchFilter } from "./search-filter.ts";

const definition = parseIndexDefinition(
  "idx ON HASH PREFIX 1 p: SCHEMA tag TAG SEPARATOR / CASESENSITIVE folded TAG n NUMERIC".split(
    " ",
  ),
);

interface Sample {
  tag?: string;
  folded?: string;
  n?: string;
}

function matches(filter: string, sample: Sample): boolean {
  const content = new Map(
    Object.entries(sample).map(([name, value]) => [name, Buffer.from(value, "latin1")]),
  );
  const hash = indexHash(definition, "p:1", content);
  return hash !== undefined && parseSearchFilter(definition, filter)(hash);
}

type Expression =
  | { readonly tags: readonly string[] }
  | { readonly from: number; readonly to: number }
  | { readonly not: Expression }
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] };

const { expression: expressions } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ tags: fc.array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 3 }) }),
    fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })).map(([a, b]) => ({
      from: Math.min(a, b),
      to: Math.max(a, b),
    })),
    fc.record({ not: tie("expression") }),
    fc.record({ all: fc.array(tie("expression"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie("expression"), { minLength: 1, maxLength: 3 }) }),
  ),
}));

function print(given: Expression): string {
  if ("tags" in given) return `@tag:{${given.tags.join(" | ")}}`;
  if ("from" in given) return `@n:[${given.from} ${given.to}]`;
  if ("not" in given) return `-(${print(given.not)})`;
  if ("all" in given) return `(${given.all.map((each) => `(${print(each)})`).join(" ")})`;
  // A conjunction needs no brackets between bars.
  return `(${given.any.map((each) => ("all" in each ? print(each).slice(1, -1) : print(each))).join(" | ")})`;
}

function holds(given: Expression, tags: readonly string[], n: number | undefined): boolean {
  if ("tags" in given) return given.tags.some((tag) => tags.includes(tag));
  if ("from" in given) return n !== undefined && n >= given.from && n <= given.to;
  if ("not" in given) return !holds(given.not, tags, n);
  if ("all" in given) return given.all.every((each) => holds(each, tags, n));
  return given.any.some((each) => holds(each, tags, n));
}

test("nested conditions hold as logic has it, and hashes without the field count as not having the value", () => {
  fc.assert(
    fc.property(
      expressions,
      fc.uniqueArray(fc.constantFrom("a", "b", "ab"), { minLength: 1 }),
      fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
      (given, tags, n) => {
        const sample = { tag: tags.join("/"), ...(n !== undefined && { n: String(n) }) };
        expect(matches(print(given), sample)).toBe(holds(given, tags, n));
      },
    ),
    { numRuns: 500 },
  );
});

test("AND binds more than OR", () => {
  const sample = { tag: "a", n: "1" };
  expect(matches("@tag:{b} @n:[1 1] | @tag:{a}", sample)).toBe(true);
  expect(matches("@tag:{a} | @tag:{b} @n:[2 2]", sample)).toBe(true);
  expect(matches("(@tag:{a} | @tag:{b}) @n:[2 2]", sample)).toBe(false);
});

test("a star at the end of a tag finds all that begin so, escaped or not", () => {
  for (const query of ["@tag:{ab*}", String.raw`@tag:{ab\*}`]) {
    expect(matches(query, { tag: "ab*" })).toBe(true);
    expect(matches(query, { tag: "abc" })).toBe(true);
    expect(matches(query, { tag: "ac" })).toBe(false);
  }
  expect(() => matches("@tag:{/*}", { tag: "/a" })).toThrow("too short for prefix wildcard");
});

test("tags are trimmed, keep their case where asked, and an empty one is found by nothing", () => {
  expect(matches("@tag:{x}", { tag: "x " })).toBe(true);
  expect(matches("@tag:{X}", { tag: "x" })).toBe(false);
  expect(matches("@folded:{X}", { folded: "é,x" })).toBe(true);
  expect(matches("@tag:{}", { tag: "", n: "1" })).toBe(false);
  expect(matches(String.raw`@tag:{a\}b}`, { tag: "a}b" })).toBe(true);
});

test("bounds of ranges are in or out as written", () => {
  expect(matches("@n:[(1 2]", { n: "1" })).toBe(false);
  expect(matches("@n:[1 (2]", { n: "2" })).toBe(false);
  expect(matches("@n:[-inf +inf]", { n: "-5" })).toBe(true);
  expect(matches("@n:[1.7e12 1732180342905]", { n: "1732180342905" })).toBe(true);
  expect(() => matches("@n:[(5 5]", { n: "5" })).toThrow("empty range");
});

test("too many conditions are refused, many values of one are not", () => {
  const conditions = Array.from({ length: 600 }, () => "@tag:{a}").join("|");
  expect(() => matches(conditions, { tag: "a" })).toThrow("too complex");
  const values = Array.from({ length: 1000 }, (_, i) => `t${i}`).join("|");
  expect(matches(`@tag:{${values}}`, { tag: "t999" })).toBe(true);
});

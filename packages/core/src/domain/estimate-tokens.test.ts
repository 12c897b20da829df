import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateTokens, firstTokens } from "./estimate-tokens.ts";

test.each([
  ["", 0],
  ["abc", 1],
  ["abcd", 2],
  ["é", 1],
  ["鍵", 1],
  ["😀😀😀", 4],
])("%j is estimated at %i tokens", (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});

test("a text within the bound is whole, however large the bound", () => {
  expect(firstTokens("鍵 😀", Number.POSITIVE_INFINITY)).toBe("鍵 😀");
});

test("the first tokens are the longest beginning that is within the bound, in whole characters", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.double({ min: -1, max: 40, noNaN: true }),
      (text, maxTokens) => {
        const within = Array.from({ length: text.length + 1 }, (_, end) => text.slice(0, end))
          .filter((head) => head.isWellFormed())
          .filter((head) => estimateTokens(head) <= maxTokens);
        expect(firstTokens(text, maxTokens)).toBe(within.at(-1) ?? "");
      },
    ),
    { numRuns: 2000 },
  );
});

import { inertText } from "@unimem/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fittingSummaries } from "./fitting-summaries.ts";

const sizeOf = (summaries: readonly object[]) =>
  summaries.reduce((sum, each) => sum + inertText(JSON.stringify(each)).length, 0);

test("the first that fit are answered, as many as do, and never none of some", () => {
  const content = fc
    .tuple(fc.constantFrom("x", "<", '"', "\u200b", "é"), fc.integer({ min: 0, max: 30_000 }))
    .map(([character, length]) => ({ content: character.repeat(length) }));
  fc.assert(
    fc.property(fc.array(content, { maxLength: 12 }), (summaries) => {
      const fitting = fittingSummaries(summaries);
      expect(summaries.slice(0, fitting.length)).toEqual(fitting);
      expect(fitting.length > 0 || summaries.length === 0).toBe(true);
      if (fitting.length > 1) expect(sizeOf(fitting)).toBeLessThanOrEqual(50_000);
      if (fitting.length < summaries.length)
        expect(sizeOf(summaries.slice(0, fitting.length + 1))).toBeGreaterThan(50_000);
    }),
    { numRuns: 50 },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGaps } from "./check-gaps.ts";

const gap = (n: number) => ({ fact: `fact ${n}`, question: `question ${n}?` });

test("a good answer is taken as it is, and an empty one says that nothing is missing", () => {
  expect(checkGaps({ missing: [gap(1), gap(2)] })).toEqual([gap(1), gap(2)]);
  expect(checkGaps({ missing: [] })).toEqual([]);
});

test("at most three gaps count, each with a question of its own", () => {
  const repeated = { fact: "another", question: "question 1?" };
  const missing = [gap(1), repeated, gap(2), gap(3), gap(4)];
  expect(checkGaps({ missing })).toEqual([gap(1), gap(2), gap(3)]);
});

test.each([
  ["nothing", undefined],
  ["a list", [gap(1)]],
  ["no list", { missing: gap(1) }],
  ["gaps without a question", { missing: [{ fact: "x" }, { fact: "y", question: " " }] }],
  ["gaps that are no objects", { missing: ["x", 1, null] }],
  ["a question without end", { missing: [{ fact: "x", question: "x".repeat(501) }] }],
])("an answer with %s is unusable", (_, answer) => {
  expect(checkGaps(answer)).toBeUndefined();
});

test("what is left of any answer are at most three gaps whose texts can be searched for", () => {
  const item = fc.oneof(
    fc.anything(),
    fc.record({
      fact: fc.oneof(fc.string({ unit: "binary" }), fc.anything()),
      question: fc.oneof(fc.string({ unit: "binary", maxLength: 600 }), fc.anything()),
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ missing: fc.array(item) })), (answer) => {
      const gaps = checkGaps(answer) ?? [];
      expect(gaps.length).toBeLessThanOrEqual(3);
      expect(new Set(gaps.map(({ question }) => question)).size).toBe(gaps.length);
      for (const text of gaps.flatMap(({ fact, question }) => [fact, question])) {
        expect(text.trim()).not.toBe("");
        expect(text.isWellFormed()).toBe(true);
        expect(text.length).toBeLessThanOrEqual(500);
      }
    }),
    { numRuns: 3000 },
  );
});

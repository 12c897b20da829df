import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recencyDecay, similarityFromCosine } from "./score.ts";
import { cosine, unitVector } from "./vector.ts";

const now = new Date("2026-01-01T00:00:00.000Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000);

describe("similarityFromCosine", () => {
  test.each([
    [1, 1],
    [0.5, 0.5],
    [0, 1 / 3],
    [-1, 0.2],
  ])("of %d is %d", (cos, similarity) => {
    expect(similarityFromCosine(cos)).toBeCloseTo(similarity, 12);
  });

  test("is 1 / (1 + the squared distance between the unit vectors)", () => {
    const numbers = fc
      .array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 3 })
      .filter((v) => v.some(Boolean));
    fc.assert(
      fc.property(numbers, numbers, (x, y) => {
        const [a, b] = [unitVector(x), unitVector(y)];
        const distance = a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0);
        expect(similarityFromCosine(cosine(a, b))).toBeCloseTo(1 / (1 + distance), 5);
      }),
    );
  });

  test("grows with the cosine and stays in 0.2..1", () => {
    const cos = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(cos, cos, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(similarityFromCosine(low)).toBeLessThanOrEqual(similarityFromCosine(high));
        expect(similarityFromCosine(low)).toBeGreaterThanOrEqual(0.2);
        expect(similarityFromCosine(high)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("does not pass 1 where rounding makes a cosine a little more than one", () => {
    expect(similarityFromCosine(1 + 1e-7)).toBe(1);
  });
});

describe("recencyDecay", () => {
  test.each([
    [0, 1],
    [30, 0.5],
    [60, 0.25],
    [15, Math.SQRT1_2],
    [-5, 1],
  ])("after %d days of a half-life of 30 is %d", (days, decay) => {
    expect(recencyDecay(daysAgo(days), now, 30)).toBeCloseTo(decay, 12);
  });

  test("halves with every half-life", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 1, max: 400 }),
        (age, halfLife) => {
          const decay = recencyDecay(daysAgo(age), now, halfLife);
          expect(recencyDecay(daysAgo(age + halfLife), now, halfLife)).toBeCloseTo(decay / 2, 12);
          expect(decay).toBeGreaterThanOrEqual(0);
          expect(decay).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

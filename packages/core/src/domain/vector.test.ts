import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cosine, isUnit, unitVector } from "./vector.ts";

const refused = expect.objectContaining({ code: "INVALID_INPUT", details: { field: "vector" } });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const someVector = fc.array(finite, { minLength: 1, maxLength: 40 }).filter((v) => v.some(Boolean));

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

describe("unitVector", () => {
  test("has length one and the same direction for every finite vector that is not zero", () => {
    fc.assert(
      fc.property(someVector, (values) => {
        const unit = unitVector(values);
        expect(lengthOf(unit)).toBeCloseTo(1, 6);
        expect(isUnit(unit)).toBe(true);
        const at = values.findIndex((v) => Math.abs(v) === Math.max(...values.map(Math.abs)));
        const [largest, unitLargest] = [values[at] as number, unit[at] as number];
        for (const [i, value] of values.entries())
          expect((unit[i] as number) / unitLargest).toBeCloseTo(value / largest, 5);
        expect(Math.sign(unitLargest)).toBe(Math.sign(largest));
      }),
      { numRuns: 500 },
    );
  });

  test.each([1e300, 1e-300, Number.MAX_VALUE, Number.MIN_VALUE, 1])(
    "loses nothing to overflow or underflow at %d",
    (size) => {
      expect([...unitVector([size, -size, size, size])]).toEqual([0.5, -0.5, 0.5, 0.5]);
    },
  );

  test("leaves what it was given alone", () => {
    const values = new Float32Array([3, 4]);
    const unit = unitVector(values);
    expect([...values]).toEqual([3, 4]);
    expect(unit[0]).toBeCloseTo(0.6, 6);
    expect(unit[1]).toBeCloseTo(0.8, 6);
  });

  test.each([
    [[]],
    [[0, 0]],
    [[-0]],
    [[1, Number.NaN]],
    [[Number.POSITIVE_INFINITY, 1]],
    [[1, Number.NEGATIVE_INFINITY]],
    [Array<number>(2)],
  ])("refuses %j, which has no direction", (values) => {
    expect(() => unitVector(values)).toThrow(refused);
  });

  test("refuses another width than expected before it looks at the numbers", () => {
    expect(() => unitVector([0, 0, 0], 2)).toThrow(
      expect.objectContaining({
        code: "DIMENSION_MISMATCH",
        details: { expected: 2, actual: 3 },
      }),
    );
    expect(unitVector([0, 2], 2)).toEqual(new Float32Array([0, 1]));
  });
});

describe("isUnit", () => {
  test("notices a length that rounding cannot explain", () => {
    expect(isUnit(new Float32Array([1, 0]))).toBe(true);
    expect(isUnit(new Float32Array([0.999, 0]))).toBe(false);
    expect(isUnit(new Float32Array([1.001, 0]))).toBe(false);
    expect(isUnit(new Float32Array([Number.NaN, 1]))).toBe(false);
    expect(isUnit(new Float32Array([]))).toBe(false);
  });
});

describe("cosine", () => {
  const pair = fc
    .integer({ min: 1, max: 20 })
    .chain((width) =>
      fc.tuple(
        ...[0, 1].map(() =>
          fc
            .array(fc.integer({ min: -100, max: 100 }), { minLength: width, maxLength: width })
            .filter((v) => v.some(Boolean)),
        ),
      ),
    )
    .map(([a = [], b = []]) => [a, b] as const);

  test("is the cosine of the angle, symmetrical, and never outside -1..1", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const dot = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
        const expected = dot / (Math.hypot(...a) * Math.hypot(...b));
        const found = cosine(unitVector(a), unitVector(b));
        expect(found).toBeCloseTo(expected, 5);
        expect(cosine(unitVector(b), unitVector(a))).toBe(found);
        expect(Math.abs(found)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("is one for a vector and itself, and minus one for its opposite", () => {
    fc.assert(
      fc.property(pair, ([a]) => {
        const unit = unitVector(a);
        expect(cosine(unit, unit)).toBeCloseTo(1, 5);
        expect(cosine(unit, unitVector(a.map((value) => -value)))).toBeCloseTo(-1, 5);
      }),
    );
  });
});

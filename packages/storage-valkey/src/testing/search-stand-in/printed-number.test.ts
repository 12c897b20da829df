import fc from "fast-check";
import { expect, test } from "vitest";
import { printedNumber } from "./printed-number.ts";

test("numbers look as C prints them", () => {
  expect(
    [0.199999988079071, 1, 0, -0.5, 1e-7, 123456789012345].map((n) => printedNumber(n, 12)),
  ).toEqual(["0.199999988079", "1", "0", "-0.5", "1e-07", "1.23456789012e+14"]);
  expect(printedNumber(1732180342905, 6)).toBe("1.73218e+12");
});

test("what is printed is the number to so many digits", () => {
  fc.assert(
    fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
      const expected = value === 0 ? value : Number(value.toPrecision(12));
      expect(Number(printedNumber(value, 12))).toBe(expected);
    }),
  );
});

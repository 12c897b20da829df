import { expect, test } from "vitest";
import { shouldExplore } from "./should-explore.ts";

const thresholds = {
  confidenceThresholdHigh: 0.8,
  confidenceThresholdLow: 0.5,
  complexQueryThreshold: 0.7,
};

test.each([
  [0.49, false, true],
  [0.5, false, false],
  [0.69, false, false],
  [0.8, false, false],
  [0.49, true, true],
  [0.69, true, true],
  [0.7, true, false],
  [0.8, true, false],
])("confidence %d, complex %s: %s", (confidence, complex, explores) => {
  expect(shouldExplore(confidence, complex, thresholds)).toBe(explores);
});

test("a threshold for complex queries above the high one holds for them", () => {
  const strict = { ...thresholds, complexQueryThreshold: 0.9 };
  expect(shouldExplore(0.85, true, strict)).toBe(true);
  expect(shouldExplore(0.85, false, strict)).toBe(false);
});

test("a low threshold above the high one is not looked at beyond the high one", () => {
  const crossed = { ...thresholds, confidenceThresholdLow: 0.9 };
  expect(shouldExplore(0.79, false, crossed)).toBe(true);
  expect(shouldExplore(0.8, false, crossed)).toBe(false);
});

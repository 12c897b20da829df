import fc from "fast-check";
import { expect, test } from "vitest";
import { textBatches } from "./text-batches.ts";

const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 30 });
const limits = fc.record({
  texts: fc.integer({ min: 1, max: 6 }),
  bytes: fc.integer({ min: 1, max: 40 }),
});

test("batches hold every text once, in order, and keep to both limits", () => {
  fc.assert(
    fc.property(texts, limits, (texts, limits) => {
      const batches = textBatches(texts, limits);
      expect(batches.flat()).toEqual(texts);
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(limits.texts);
        // Only a text that is too long by itself may break the limit, and then it is alone.
        if (batch.length > 1)
          expect(Buffer.byteLength(batch.join(""))).toBeLessThanOrEqual(limits.bytes);
      }
    }),
  );
});

test("no two neighbouring batches would fit in one", () => {
  fc.assert(
    fc.property(texts, limits, (texts, limits) => {
      const batches = textBatches(texts, limits);
      for (const [i, batch] of batches.slice(1).entries()) {
        const [first = ""] = batch;
        const before = batches[i] as string[];
        const full = before.length >= limits.texts;
        const bytes = Buffer.byteLength([...before, first].join(""));
        expect(full || bytes > limits.bytes).toBe(true);
      }
    }),
  );
});

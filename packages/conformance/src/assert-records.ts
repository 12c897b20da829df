import assert from "node:assert/strict";
import { type MemoryRecord, type StoredRecord, withoutVector } from "@unimem/core/storage";

/** The same records with the same fields, in the same order, and without their vectors. */
export function assertRecords(
  actual: readonly MemoryRecord[],
  expected: readonly StoredRecord[],
): void {
  assert.deepEqual(actual, expected.map(withoutVector));
}

/** The same record with every field and its vector. */
export function assertStored(actual: StoredRecord | undefined, expected: StoredRecord): void {
  assert.ok(actual, `The record ${JSON.stringify(expected.id)} is missing.`);
  assert.deepEqual(withoutVector(actual), withoutVector(expected));
  assertVector(actual.vector, expected.vector);
}

export function assertVector(actual: Float32Array, expected: Float32Array): void {
  assert.ok(actual instanceof Float32Array, "A vector is not a Float32Array.");
  assert.equal(actual.length, expected.length);
  const differs = actual.some((value, i) => !(Math.abs(value - (expected[i] as number)) <= 1e-6));
  assert.ok(!differs, "A vector came back with other numbers.");
}

import { invalidInput, MemoryError } from "./memory-error.ts";

/**
 * `values` scaled to length one, as stored. Refuses vectors that have no direction (zero, empty), numbers
 * that are not finite, and, where `dimensions` is given, another width (`DIMENSION_MISMATCH`).
 */
export function unitVector(values: ArrayLike<number>, dimensions?: number): Float32Array {
  if (dimensions !== undefined && values.length !== dimensions)
    throw new MemoryError(
      "DIMENSION_MISMATCH",
      `A vector has ${values.length} numbers where ${dimensions} were expected.`,
      { expected: dimensions, actual: values.length },
    );
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i]; // what an embedder answers need not be what its type says
    const size = typeof value === "number" ? Math.abs(value) : Number.NaN;
    if (!Number.isFinite(size))
      throw invalidInput("vector", "A vector holds a number that is not finite.");
    if (size > largest) largest = size;
  }
  if (largest === 0)
    throw invalidInput("vector", "A vector is zero, so it has no direction to compare.");
  // Scaling by the largest first keeps the squares of very large and very small numbers representable.
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) / largest) ** 2;
  const length = Math.sqrt(squares);
  return Float32Array.from(values, (value) => value / largest / length);
}

/** Whether a vector has length one, within what rounding to 32 bits can cause. */
export function isUnit(vector: Float32Array): boolean {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.abs(squares - 1) < 1e-4;
}

/** Cosine between two unit vectors of one width, in -1..1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return Math.max(-1, Math.min(1, sum));
}

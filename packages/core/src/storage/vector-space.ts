import { invalidInput, MemoryError } from "../domain/memory-error.ts";
import type { VectorSpace } from "./storage-backend.ts";

export function isSameSpace(a: VectorSpace, b: VectorSpace): boolean {
  return a.dimensions === b.dimensions && a.embedder === b.embedder;
}

/** Throws the error that every storage gives for records of another space than the caller's. */
export function checkVectorSpace(stored: VectorSpace, expected: VectorSpace): void {
  const mend =
    "Keep the embedder that the store was written with; or take the store over to the new one with memory.reembed(); or empty it with resetAll().";
  if (stored.dimensions !== expected.dimensions)
    throw new MemoryError(
      "DIMENSION_MISMATCH",
      `The store holds vectors of ${stored.dimensions} dimensions made by "${stored.embedder}", but "${expected.embedder}" makes ${expected.dimensions}. ${mend}`,
      { expected: expected.dimensions, actual: stored.dimensions },
    );
  if (stored.embedder !== expected.embedder)
    throw new MemoryError(
      "EMBEDDER_MISMATCH",
      `The store was written with the embedder "${stored.embedder}", not with "${expected.embedder}". ${mend}`,
      { expected: expected.embedder, actual: stored.embedder },
    );
}

/** The error of a write to a new store that was opened without a space. */
export function spaceMissing(): MemoryError {
  return invalidInput(
    "expected",
    "The store was opened without a vector space, so it can be read and emptied, but not written to. Open it with one.",
  );
}

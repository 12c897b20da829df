import { invalidInput, MemoryError } from "../domain/memory-error.ts";
import type { StoredRecord } from "../domain/memory-record.ts";
import { isUnit } from "../domain/vector.ts";
import type { VectorSpace, WriteBatch } from "./storage-backend.ts";

/** What the contract asks of a batch: not empty, every id once, every record valid. */
export function checkBatch({ put, remove }: WriteBatch, space: VectorSpace | undefined): void {
  const ids = [...put.map(({ id }) => id), ...remove];
  if (ids.length === 0) throw invalidInput("batch", "A batch must not be empty.");
  if (new Set(ids).size < ids.length)
    throw invalidInput("batch", "An id stands twice in one batch.");
  if (ids.includes("")) throw invalidInput("id", "An id must not be empty.");
  for (const record of put) checkRecord(record, space);
}

export function checkOffset(offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw invalidInput("offset", "offset must be a whole number, 0 or more.");
}

export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw invalidInput("limit", "limit must be a whole number, 1 or more.");
}

export function checkVector(vector: Float32Array, space: VectorSpace | undefined): void {
  if (space !== undefined && vector.length !== space.dimensions)
    throw new MemoryError(
      "DIMENSION_MISMATCH",
      `A vector has ${vector.length} numbers, but the store's have ${space.dimensions}.`,
      { expected: space.dimensions, actual: vector.length },
    );
  if (!isUnit(vector))
    throw invalidInput("vector", "A vector must have length one; use unitVector().");
}

function checkRecord(record: StoredRecord, space: VectorSpace | undefined): void {
  checkVector(record.vector, space);
  if (!Number.isSafeInteger(record.revision) || record.revision < 1)
    throw invalidInput("revision", "revision must be a whole number, 1 or more.");
  if ((record.supersededBy === null) !== (record.supersededAt === null))
    throw invalidInput("supersededBy", "supersededBy and supersededAt go together.");
  const times = [
    record.createdAt,
    record.updatedAt,
    record.lastAccessed,
    record.supersededAt ?? record.createdAt,
    record.expiresAt ?? record.createdAt,
  ];
  if (times.some((time) => Number.isNaN(time.getTime())))
    throw invalidInput("createdAt", "A time is not a valid Date.");
}

import assert from "node:assert/strict";
import type {
  NewVector,
  PendingRecord,
  Reembedding,
  StorageBackend,
  StoredRecord,
  VectorSpace,
} from "@unimem/core/storage";
import { sampleVector } from "./sample-vector.ts";

/** The space that cases re-embed into. */
export const otherSpace: VectorSpace = { dimensions: 12, embedder: "other/12" };

/** Begins a re-embedding; cases that call it need a storage that can. */
export async function beginReembedding(
  storage: StorageBackend,
  space = otherSpace,
): Promise<Reembedding> {
  assert.ok(storage.reembed, "The storage has no reembed().");
  return storage.reembed(space);
}

/** The vector that one revision of a record has in the other space. */
export function newVector(
  { id, revision }: Pick<PendingRecord, "id" | "revision">,
  { dimensions, embedder } = otherSpace,
): NewVector {
  return { id, revision, vector: sampleVector(`${embedder} ${id} ${revision}`, dimensions) };
}

/** The record as it is to be once the store is in the other space. */
export function reembedded(record: StoredRecord, space = otherSpace): StoredRecord {
  return { ...record, vector: newVector(record, space).vector };
}

/** Embeds everything that is pending, in batches of `limit`. */
export async function embedPending(
  reembedding: Reembedding,
  { limit = 100, space = otherSpace } = {},
): Promise<void> {
  for (let batch = 0; batch < 200; batch++) {
    const { records } = await reembedding.pending(limit);
    if (records.length === 0) return;
    await reembedding.write(records.map((record) => newVector(record, space)));
  }
  assert.fail("Records whose vectors were written are still pending.");
}

/** Takes the store to another space, while nobody else writes. */
export async function reembedStore(storage: StorageBackend, space = otherSpace): Promise<void> {
  const reembedding = await beginReembedding(storage, space);
  await embedPending(reembedding, { space });
  assert.equal(await reembedding.finish(), true);
}

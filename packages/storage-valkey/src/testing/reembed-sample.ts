import {
  type NewVector,
  type PendingRecord,
  type Reembedding,
  type StorageBackend,
  type StoredRecord,
  unitVector,
  type VectorSpace,
} from "@unimem/core/storage";

export const otherSpace: VectorSpace = { dimensions: 6, embedder: "other-embedder" };

/** The vector that one revision of a record has in the other space. */
export function newVector({ id, revision }: Pick<PendingRecord, "id" | "revision">): NewVector {
  const vector = unitVector([1, 0, revision, 0, id.length, id.charCodeAt(0)]);
  return { id, revision, vector };
}

export function moved(record: StoredRecord): StoredRecord {
  return { ...record, vector: newVector(record).vector };
}

export async function beginReembedding(store: StorageBackend): Promise<Reembedding> {
  if (store.reembed === undefined) throw new Error("The storage has no reembed().");
  return store.reembed(otherSpace);
}

export async function embedPending(work: Reembedding, limit = 100): Promise<void> {
  while (true) {
    const { records } = await work.pending(limit);
    if (records.length === 0) return;
    await work.write(records.map(newVector));
  }
}

export async function reembed(store: StorageBackend, limit?: number): Promise<void> {
  const work = await beginReembedding(store);
  do await embedPending(work, limit);
  while (!(await work.finish()));
}

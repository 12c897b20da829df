import type { StoredRecord } from "../domain/memory-record.ts";
import type { NewVector, Reembedding, VectorSpace } from "./storage-backend.ts";
import { checkVectorSpace, isSameSpace } from "./vector-space.ts";

/** The vectors of other spaces that an in-memory store is given before it is switched to one of them. */
export class NewVectors {
  readonly #bySpace = new Map<string, Map<string, NewVector>>();

  of({ dimensions, embedder }: VectorSpace): Map<string, NewVector> {
    const key = JSON.stringify([dimensions, embedder]);
    const known = this.#bySpace.get(key) ?? new Map<string, NewVector>();
    this.#bySpace.set(key, known);
    return known;
  }

  /** Nothing is kept of a record that was removed. */
  discard(id: string): void {
    for (const vectors of this.#bySpace.values()) vectors.delete(id);
  }
}

/** The store as its re-embedding sees it. */
export interface ReembeddedStore {
  readonly records: Map<string, StoredRecord>;
  readonly newVectors: NewVectors;
  /** Throws where the storage is closed. */
  use(): void;
  space(): VectorSpace | undefined;
  switchTo(space: VectorSpace): void;
}

export function inMemoryReembedding(store: ReembeddedStore, target: VectorSpace): Reembedding {
  const { records } = store;
  const vectors = store.newVectors.of(target);
  const origin = store.space();

  function pending(): StoredRecord[] {
    store.use();
    const space = store.space();
    if (space === undefined || records.size === 0 || isSameSpace(space, target)) return [];
    if (origin === undefined || !isSameSpace(space, origin)) checkVectorSpace(space, target);
    return [...records.values()].filter(
      ({ id, revision }) => vectors.get(id)?.revision !== revision,
    );
  }

  return {
    async pending(limit) {
      const all = pending();
      return {
        records: all
          .slice(0, limit)
          .map(({ id, revision, content }) => ({ id, revision, content })),
        remaining: all.length,
        total: records.size,
      };
    },

    async write(given) {
      pending();
      for (const { id, revision, vector } of given)
        if (records.has(id)) vectors.set(id, { id, revision, vector: vector.slice() });
    },

    async finish() {
      if (pending().length > 0) return false;
      const space = store.space();
      if (space === undefined || !isSameSpace(space, target)) {
        for (const record of records.values())
          records.set(record.id, {
            ...record,
            vector: (vectors.get(record.id) as NewVector).vector,
          });
        store.switchTo(target);
      }
      vectors.clear();
      return true;
    },
  };
}

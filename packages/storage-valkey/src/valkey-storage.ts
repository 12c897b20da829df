import {
  HandleLife,
  type Reembedding,
  type StorageBackend,
  type VectorSpace,
} from "@unimem/core/storage";
import { storageError } from "./storage-error.ts";
import { countCategories, countRecords, summarizeScopes } from "./summaries.ts";
import { storageSettings, type ValkeyStorageOptions } from "./valkey-options.ts";
import { ValkeyStore } from "./valkey-store.ts";

export interface ValkeyStorage extends StorageBackend {
  /**
   * Makes the sets and counts beside the records anew from the records, and answers how many records there are.
   * Needed only where keys were deleted or evicted behind this package's back; `open` runs it where it sees that.
   * Until it is done, reads may miss records; writes go on.
   */
  repair(): Promise<number>;
}

/**
 * Records in Valkey, which any number of processes and machines share. Nothing is loaded and nobody is called
 * before `open`; `close` ends all connections. Throws `INVALID_INPUT` for options that cannot be. What the server
 * refuses, or does not answer however often it is asked, rejects with `STORAGE_UNAVAILABLE`, and with `WRITE_UNKNOWN`
 * where it may have taken effect all the same.
 */
export function valkeyStorage(options: string | ValkeyStorageOptions): ValkeyStorage {
  const store = new ValkeyStore(storageSettings(options));
  const life = new HandleLife("The Valkey storage", storageError);

  async function reembed(space: VectorSpace): Promise<Reembedding> {
    const action = "be re-embedded";
    const work = await life.run(action, () => store.reembed(space));
    return {
      pending: (limit) => life.run(action, () => work.pending(limit)),
      write: (vectors) => life.run(action, () => work.write(vectors)),
      finish: () => life.run(action, () => work.finish()),
    };
  }

  return {
    name: "valkey",
    get supports() {
      return {
        durability: store.durability,
        sharedAccess: true,
        atomicBatch: store.isAtomic,
        exactSearch: store.isExact,
        textSearch: false,
      };
    },

    open: (expected) => life.open(() => store.open(expected)),
    write: (batch) => life.run("write", () => store.write(batch)),
    get: (ids, filter) => life.run("get records", () => store.find.get(ids, filter)),
    nearest: (query) => life.run("search", () => store.nearest(query)),
    list: ({ filter, limit, offset }) =>
      life.run("list records", () => store.find.list(filter, limit, offset)),
    count: (filter) => life.run("count records", () => countRecords(store, filter)),
    scopes: (filter) => life.run("list scopes", () => summarizeScopes(store, filter)),
    categories: (filter) => life.run("list categories", () => countCategories(store, filter)),
    remove: (filter, onProgress) =>
      life.run("remove records", () => store.writes.remove(filter, onProgress)),
    touch: (ids, at) => life.run("note accesses", () => store.writes.touch(ids, at)),

    ...(store.isAtomic && { reembed }),

    repair: () => life.run("be repaired", () => store.repair()),

    close: () => life.close(() => store.close()),
  };
}

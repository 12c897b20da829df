import {
  MemoryError,
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
 * before `open`; `close` ends all connections. Throws `INVALID_INPUT` for options that cannot be.
 */
export function valkeyStorage(options: string | ValkeyStorageOptions): ValkeyStorage {
  const store = new ValkeyStore(storageSettings(options));
  const running = new Set<Promise<unknown>>();
  let state: "new" | "open" | "closed" = "new";
  let closing: Promise<void> | undefined;

  function use(): void {
    if (state === "open") return;
    throw new MemoryError(
      "CLOSED",
      `The Valkey storage is ${state === "new" ? "not open yet: call open() first" : "closed"}.`,
    );
  }

  /** Lets `close` wait for the work, and lets nothing but a `MemoryError` out of it. */
  async function run<Answer>(action: string, work: () => Promise<Answer>): Promise<Answer> {
    const call = work();
    running.add(call);
    try {
      return await call;
    } catch (error) {
      throw storageError(error, action);
    } finally {
      running.delete(call);
    }
  }

  async function open<Answer>(action: string, work: () => Promise<Answer>): Promise<Answer> {
    use();
    return run(action, work);
  }

  async function reembed(space: VectorSpace): Promise<Reembedding> {
    const action = "be re-embedded";
    const work = await open(action, () => store.reembed(space));
    return {
      pending: (limit) => open(action, () => work.pending(limit)),
      write: (vectors) => open(action, () => work.write(vectors)),
      finish: () => open(action, () => work.finish()),
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

    async open(expected) {
      if (state === "closed") use();
      return run("be opened", async () => {
        const space = await store.open(expected);
        if (state === "new") state = "open";
        return space;
      });
    },

    write: (batch) => open("write", () => store.write(batch)),
    get: (ids, filter) => open("get records", () => store.find.get(ids, filter)),
    nearest: (query) => open("search", () => store.nearest(query)),
    list: ({ filter, limit, offset }) =>
      open("list records", () => store.find.list(filter, limit, offset)),
    count: (filter) => open("count records", () => countRecords(store, filter)),
    scopes: (filter) => open("list scopes", () => summarizeScopes(store, filter)),
    categories: (filter) => open("list categories", () => countCategories(store, filter)),
    remove: (filter) => open("remove records", () => store.writes.remove(filter)),
    touch: (ids, at) => open("note accesses", () => store.writes.touch(ids, at)),

    ...(store.isAtomic && { reembed }),

    repair: () => open("be repaired", () => store.repair()),

    async close() {
      closing ??= (async () => {
        state = "closed";
        await Promise.allSettled([...running]);
        await store.close();
      })();
      return run("be closed", () => closing ?? Promise.resolve());
    },
  };
}

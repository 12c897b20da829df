import {
  checkVectorSpace,
  inMemoryStorage,
  MemoryError,
  type Runtime,
  type StorageBackend,
  type VectorSpace,
} from "@unimem/core/storage";
import type { StorageFixture } from "./storage-fixture.ts";

/** Where a store may be changed on its way to the suite; saboteurs use these. */
export interface StoreChanges {
  runtime?(runtime: Runtime): Runtime;
  /** Changes the one store that all handles share. */
  store?(storage: StorageBackend): StorageBackend;
  /** Changes each handle on its own; `store` is what it shares with the others. */
  handle?(handle: StorageBackend, store: StorageBackend): StorageBackend;
}

/**
 * The in-memory storage behind handles that share it and that it outlives, so that the cases on reopening and
 * on several handles can be tried without a disk.
 */
export function sharedInMemory({
  runtime: changeRuntime = (runtime) => runtime,
  store: changeStore = (storage) => storage,
  handle: changeHandle = (handle) => handle,
}: StoreChanges = {}): StorageFixture {
  return {
    name: "in-memory, shared by its handles",
    async create() {
      let store: StorageBackend | undefined;
      return {
        handle({ runtime }) {
          store ??= changeStore(inMemoryStorage({ runtime: changeRuntime(runtime) }));
          return changeHandle(handleOn(store), store);
        },
      };
    },
  };
}

function handleOn(store: StorageBackend): StorageBackend {
  let state: "new" | "open" | "closed" = "new";
  let expected: VectorSpace | undefined;

  // Another handle may have taken the store to another space.
  async function checkSpace(): Promise<void> {
    const stored = await store.open();
    if (stored !== null && expected !== undefined) checkVectorSpace(stored, expected);
  }

  function guarded<Args extends unknown[], Answer>(call: (...args: Args) => Promise<Answer>) {
    return async (...args: Args): Promise<Answer> => {
      if (state !== "open") throw new MemoryError("CLOSED", `This handle is ${state}.`);
      await checkSpace();
      return call(...args);
    };
  }

  const { matching, reembed } = store;
  return {
    name: "shared-in-memory",
    supports: { ...store.supports, durability: "process", sharedAccess: true },
    async open(space) {
      if (state === "closed") throw new MemoryError("CLOSED", "This handle is closed.");
      const stored = await store.open(space);
      expected = space ?? expected;
      state = "open";
      return stored;
    },
    write: guarded(store.write),
    get: guarded(store.get),
    nearest: guarded(store.nearest),
    ...(matching && { matching: guarded(matching) }),
    list: guarded(store.list),
    count: guarded(store.count),
    scopes: guarded(store.scopes),
    categories: guarded(store.categories),
    remove: guarded(store.remove),
    touch: guarded(store.touch),
    ...(reembed && {
      reembed: guarded(async (target) => {
        const reembedding = await reembed(target);
        return {
          ...reembedding,
          async finish() {
            const isSwitched = await reembedding.finish();
            if (isSwitched) expected = target;
            return isSwitched;
          },
        };
      }),
    }),
    async close() {
      state = "closed";
    },
  };
}

import {
  inMemoryStorage,
  MemoryError,
  type StorageBackend,
  type StoredRecord,
  type VectorSpace,
  type WriteBatch,
} from "@unimem/core/storage";
import type { Saboteur } from "./saboteur.ts";

function handle(
  name: string,
  change: (storage: StorageBackend) => Partial<StorageBackend>,
): Saboteur {
  return { name, handle: (storage) => ({ ...storage, ...change(storage) }) };
}

/** Opens for whatever is stored, but for the one thing that `refuses` looks at. */
function openingFor(
  name: string,
  refuses: (stored: VectorSpace, expected: VectorSpace) => boolean,
): Saboteur {
  return handle(name, ({ open }) => ({
    async open(expected) {
      const stored = await open();
      const fits = stored === null || expected === undefined || refuses(stored, expected);
      return fits ? open(expected) : stored;
    },
  }));
}

export const handleSaboteurs: readonly Saboteur[] = [
  openingFor(
    "accepts another embedder",
    (stored, expected) => stored.dimensions !== expected.dimensions,
  ),
  openingFor(
    "accepts another width",
    (stored, expected) => stored.dimensions === expected.dimensions,
  ),
  handle("answers open with what was expected", ({ open }) => ({
    open: async (expected) => (await open(expected)) ?? expected ?? null,
  })),
  handle("answers open with null for ever", ({ open }) => ({
    async open(expected) {
      await open(expected);
      return null;
    },
  })),
  handle("refuses another space with an error of its own", ({ open }) => ({
    open: (expected) =>
      open(expected).catch((error: unknown) => {
        throw new Error(String(error));
      }),
  })),
  handle("stays closed after it refused once", ({ open }) => {
    let refused = false;
    return {
      async open(expected) {
        if (refused) throw new MemoryError("STORAGE_UNAVAILABLE", "It was refused before.");
        return open(expected).catch((error: unknown) => {
          refused = true;
          throw error;
        });
      },
    };
  }),
  handle("keeps its first space although it was emptied", ({ open }) => {
    let first: VectorSpace | undefined;
    return {
      async open(expected) {
        const stored = await open(first ?? expected);
        first ??= expected;
        return stored;
      },
    };
  }),
  handle("still answers after close", () => ({ close: async () => {} })),
  handle("rejects with the backend's own error after close", ({ count }) => ({
    count: (filter) =>
      count(filter).catch(() => {
        throw new TypeError("Cannot read properties of null");
      }),
  })),
  handle("cannot be closed twice", ({ close }) => {
    let closed = false;
    return {
      async close() {
        if (closed) throw new MemoryError("CLOSED", "It is closed already.");
        closed = true;
        await close();
      },
    };
  }),
  {
    name: "closes the store with one handle",
    handle: (handle, store) => ({
      ...handle,
      async close() {
        await handle.close();
        await store.close();
      },
    }),
  },
  {
    name: "says that it is durable, and is not",
    handle: ({ supports }) => ({ ...inMemoryStorage(), supports: { ...supports } }),
  },
  handle("reads what it read before", ({ get, write }) => {
    const known = new Map<string, StoredRecord | undefined>();
    return {
      async get(ids, filter) {
        if (filter !== undefined) return get(ids, filter);
        const found = await get(ids);
        return ids.map((id, i) => {
          if (!known.has(id)) known.set(id, found[i]);
          return known.get(id);
        });
      },
      async write(batch) {
        known.clear();
        await write(batch);
      },
    };
  }),
  handle("counts what it counted before, until it writes itself", ({ count, write, remove }) => {
    const known = new Map<string, number>();
    return {
      async count(filter) {
        const key = JSON.stringify(filter);
        const counted = known.get(key) ?? (await count(filter));
        known.set(key, counted);
        return counted;
      },
      async write(batch) {
        known.clear();
        await write(batch);
      },
      async remove(filter) {
        known.clear();
        return remove(filter);
      },
    };
  }),
  handle("writes only when the next write comes, or on close", ({ write, close }) => {
    let waiting: WriteBatch | undefined;
    async function flush(): Promise<void> {
      const batch = waiting;
      waiting = undefined;
      if (batch !== undefined) await write(batch);
    }
    return {
      async write(batch) {
        await flush();
        waiting = batch;
      },
      async close() {
        await flush();
        await close();
      },
    };
  }),
  handle("hides its text search", ({ supports }) => ({
    supports: { ...supports, textSearch: false },
  })),
  handle("keeps touches until close, and forgets them", () => ({ touch: async () => {} })),
];

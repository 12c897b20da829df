import type { MemoryRecord, StorageBackend, StoredRecord } from "@unimem/core/storage";

/** The same storage, which keeps something else than it was given. */
export function keeping(
  change: (record: StoredRecord) => StoredRecord,
): (storage: StorageBackend) => StorageBackend {
  return (storage) => ({
    ...storage,
    write: ({ put, remove }) => storage.write({ put: put.map(change), remove }),
  });
}

/** The same storage, which answers with something else than it keeps. */
export function answering(
  change: <Given extends MemoryRecord>(record: Given) => Given,
): (storage: StorageBackend) => StorageBackend {
  return (storage) => {
    const { matching } = storage;
    const inside = <Found extends { record: MemoryRecord }>(found: Found) => ({
      ...found,
      record: change(found.record),
    });
    return {
      ...storage,
      get: async (ids, filter) =>
        (await storage.get(ids, filter)).map((record) => record && change(record)),
      list: async (query) => (await storage.list(query)).map(change),
      nearest: async (query) => (await storage.nearest(query)).map(inside),
      ...(matching && { matching: async (query) => (await matching(query)).map(inside) }),
    };
  };
}

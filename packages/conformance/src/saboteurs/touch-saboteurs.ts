import type { StorageBackend, StoredRecord } from "@unimem/core/storage";
import { answering } from "./changed-records.ts";
import type { Saboteur } from "./saboteur.ts";

/** Writes the records themselves where `touch` should change `lastAccessed` alone. */
function touching(change: (record: StoredRecord, at: Date) => StoredRecord) {
  return (storage: StorageBackend): StorageBackend => {
    const instead = new Map<string, StoredRecord>();
    return answering((record) => ({ ...record, ...shownFields(instead.get(record.id)) }))({
      ...storage,
      async write(batch) {
        for (const { id } of batch.put) instead.delete(id);
        await storage.write(batch);
      },
      async touch(ids, at) {
        for (const record of await storage.get(ids))
          if (record) instead.set(record.id, change(instead.get(record.id) ?? record, at));
      },
    });
  };
}

function shownFields(record: StoredRecord | undefined) {
  return record && { lastAccessed: record.lastAccessed, updatedAt: record.updatedAt };
}

export const touchSaboteurs: readonly Saboteur[] = [
  {
    name: "brings a removed record back under another id with a touch",
    store(storage) {
      const removed = new Map<string, StoredRecord>();
      return {
        ...storage,
        async write(batch) {
          for (const record of await storage.get(batch.remove))
            if (record) removed.set(record.id, record);
          await storage.write(batch);
        },
        async touch(ids, at) {
          await storage.touch(ids, at);
          for (const id of ids) {
            const record = removed.get(id);
            if (record)
              await storage.write({ put: [{ ...record, id: `${id}-again` }], remove: [] });
          }
        },
      };
    },
  },
  {
    name: "moves lastAccessed back",
    store: touching((record, at) => ({ ...record, lastAccessed: at })),
  },
  {
    name: "rounds a touch to seconds",
    store: (storage) => ({
      ...storage,
      touch: (ids, at) => storage.touch(ids, new Date(Math.floor(+at / 1000) * 1000)),
    }),
  },
  {
    name: "takes a touch for an update",
    store: touching((record, at) => ({ ...record, lastAccessed: at, updatedAt: at })),
  },
  {
    name: "raises the revision with a touch",
    store: (storage) => ({
      ...storage,
      async touch(ids, at) {
        for (const record of await storage.get(ids))
          if (record && record.lastAccessed < at)
            await storage.write({
              put: [{ ...record, lastAccessed: at, revision: record.revision + 1 }],
              remove: [],
            });
      },
    }),
  },
  { name: "ignores touches", store: (storage) => ({ ...storage, touch: async () => {} }) },
  {
    name: "touches at most five hundred records",
    store: (storage) => ({
      ...storage,
      touch: (ids, at) => storage.touch(ids.slice(0, 500), at),
    }),
  },
];

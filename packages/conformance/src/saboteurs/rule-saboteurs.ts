import { matchesFilter, type StorageBackend, type StoredRecord } from "@unimem/core/storage";
import { everything } from "../store-calls.ts";
import { answering } from "./changed-records.ts";
import { matchingBy } from "./matching-by.ts";
import type { Saboteur } from "./saboteur.ts";

/**
 * Decides by a rule of its own whether a write of a known id stands. Underneath every accepted write gets the
 * next number for its revision; answers show the revision that was given.
 */
function accepting(
  accepts: (known: number, given: number) => boolean,
  pause: () => Promise<void> = async () => {},
): (storage: StorageBackend) => StorageBackend {
  return (storage) => {
    const shown = new Map<string, number>();
    let next = 0;
    return answering((record) => ({ ...record, revision: shown.get(record.id) ?? 0 }))({
      ...storage,
      async write({ put, remove }) {
        const accepted = put.filter(({ id, revision }) => {
          const known = shown.get(id);
          return known === undefined || accepts(known, revision);
        });
        await pause();
        for (const { id, revision } of accepted) shown.set(id, revision);
        await storage.write({
          put: accepted.map((each) => ({ ...each, revision: ++next })),
          remove,
        });
      },
    });
  };
}

/** Merges each put with the record that is already there. */
function merging(merge: (known: StoredRecord, given: StoredRecord) => StoredRecord) {
  return (storage: StorageBackend): StorageBackend => ({
    ...storage,
    async write({ put, remove }) {
      const known = await storage.get(put.map(({ id }) => id));
      const merged = put.map((given, i) => {
        const old = known[i];
        return old === undefined ? given : merge(old, given);
      });
      await storage.write({ put: merged, remove });
    },
  });
}

const later = (record: StoredRecord, at: Date) =>
  record.lastAccessed > at ? record.lastAccessed : at;

export const ruleSaboteurs: readonly Saboteur[] = [
  { name: "lets the last write win", store: accepting(() => true) },
  { name: "lets an equal revision overwrite", store: accepting((known, given) => given >= known) },
  {
    name: "wants the very next revision",
    store: accepting((known, given) => given === known + 1),
  },
  {
    name: "compares revisions before it writes, not while",
    store: accepting(
      (known, given) => given > known,
      () => Promise.resolve(),
    ),
  },
  {
    name: "never overwrites",
    store: accepting(() => false),
  },
  {
    name: "merges metadata with what was there",
    store: merging((old, given) => ({
      ...given,
      metadata: { ...old.metadata, ...given.metadata },
    })),
  },
  {
    name: "keeps old categories where a new version has none",
    store: merging((old, given) => ({
      ...given,
      categories: given.categories.length > 0 ? given.categories : old.categories,
    })),
  },
  {
    name: "keeps supersededBy once it is set",
    store: merging((old, given) =>
      given.supersededBy === null
        ? { ...given, supersededBy: old.supersededBy, supersededAt: old.supersededAt }
        : given,
    ),
  },
  {
    name: "keeps expiresAt once it is set",
    store: merging((old, given) => ({ ...given, expiresAt: given.expiresAt ?? old.expiresAt })),
  },
  {
    name: "keeps the first vector",
    store: merging((old, given) => ({ ...given, vector: old.vector })),
  },
  {
    name: "keeps the first createdAt",
    store: merging((old, given) => ({ ...given, createdAt: old.createdAt })),
  },
  {
    name: "keeps the latest lastAccessed in an update",
    store: merging((old, given) => ({ ...given, lastAccessed: later(given, old.lastAccessed) })),
  },
  {
    name: "drops a batch at its first stale record",
    store: (storage) => ({
      ...storage,
      async write({ put, remove }) {
        const known = await storage.get(put.map(({ id }) => id));
        const stale = put.findIndex((each, i) => (known[i]?.revision ?? 0) >= each.revision);
        await storage.write({ put: stale === -1 ? put : put.slice(0, stale), remove });
      },
    }),
  },
  {
    name: "forgets to remove where a batch also puts",
    store: (storage) => ({
      ...storage,
      write: ({ put, remove }) => storage.write({ put, remove: put.length > 0 ? [] : remove }),
    }),
  },
  {
    name: "forgets removed ids with the next write",
    runtime(runtime) {
      let calls = 0;
      return { ...runtime, now: () => new Date(+runtime.now() + ++calls * 8 * 24 * 3_600_000) };
    },
  },
  {
    name: "forgets removed ids after a day",
    // Its week lasts a day: seven of its days pass in one.
    runtime: (runtime) => ({ ...runtime, now: () => new Date(+runtime.now() * 7) }),
  },
  {
    name: "does not remember removals of ids that it never had",
    store: (storage) => ({
      ...storage,
      async write({ put, remove }) {
        const known = await storage.get(remove);
        await storage.write({ put, remove: remove.filter((_, i) => known[i] !== undefined) });
      },
    }),
  },
  {
    name: "does not remember what remove(filter) removed",
    store(storage) {
      const hidden = new Set<string>();
      const visible = matchingBy(
        (record, filter) => !hidden.has(record.id) && matchesFilter(record, filter),
      )({
        ...storage,
        get: (ids, filter) => storage.get(ids, filter ?? everything),
      });
      return {
        ...visible,
        get: (ids, filter) => visible.get(ids, filter ?? everything),
        async write(batch) {
          await visible.write(batch);
          for (const { id } of batch.put) hidden.delete(id);
        },
        async remove(filter) {
          const found = await visible.list({ filter, limit: 100_000, offset: 0 });
          for (const { id } of found) hidden.add(id);
          return found.length;
        },
      };
    },
  },
];

import type { MemoryRecord, RecordFilter, StorageBackend } from "@unimem/core/storage";
import { everything } from "../store-calls.ts";

/** The same storage with another idea of which records match a filter. */
export function matchingBy(
  matches: (record: MemoryRecord, filter: RecordFilter) => boolean,
): (storage: StorageBackend) => StorageBackend {
  return (storage) => {
    const { matching } = storage;
    let all: Promise<MemoryRecord[]> | undefined;

    // What the wrong idea selects, said in ids, which the good storage understands.
    async function resolve(filter: RecordFilter): Promise<RecordFilter> {
      all ??= storage.list({ filter: everything, limit: 100_000, offset: 0 });
      const ids = (await all).filter((record) => matches(record, filter)).map(({ id }) => id);
      return { ...everything, ids };
    }

    async function change<Answer>(call: () => Promise<Answer>): Promise<Answer> {
      all = undefined;
      const answer = await call();
      all = undefined;
      return answer;
    }

    async function resolveQuery<Query extends { filter: RecordFilter }>(query: Query) {
      return { ...query, filter: await resolve(query.filter) };
    }

    return {
      ...storage,
      write: (batch) => change(() => storage.write(batch)),
      touch: (ids, at) => change(() => storage.touch(ids, at)),
      get: async (ids, filter) => storage.get(ids, filter && (await resolve(filter))),
      nearest: async (query) => storage.nearest(await resolveQuery(query)),
      ...(matching && { matching: async (query) => matching(await resolveQuery(query)) }),
      list: async (query) => storage.list(await resolveQuery(query)),
      count: async (filter) => storage.count(await resolve(filter)),
      scopes: async (filter) => storage.scopes(await resolve(filter)),
      categories: async (filter) => storage.categories(await resolve(filter)),
      remove: (filter) => change(async () => storage.remove(await resolve(filter))),
    };
  };
}

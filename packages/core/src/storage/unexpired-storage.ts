import type { RecordFilter } from "../domain/record-filter.ts";
import type { StorageBackend } from "./storage-backend.ts";

/**
 * The same storage for everybody who reads: without what has expired by now. It is gone from every read and
 * cannot be changed any more, whether or not it has been removed yet.
 */
export function unexpiredStorage(storage: StorageBackend, now: () => Date): StorageBackend {
  const alive = <Query extends { filter: RecordFilter }>(query: Query): Query => ({
    ...query,
    filter: { ...query.filter, aliveAt: now() },
  });
  const { matching } = storage;
  return {
    name: storage.name,
    get supports() {
      return storage.supports;
    },
    open: (expected) => storage.open(expected),
    write: (batch) => storage.write(batch),
    get: (ids, filter = { visibleTo: "all", state: "any" }) =>
      storage.get(ids, { ...filter, aliveAt: now() }),
    nearest: (query) => storage.nearest(alive(query)),
    ...(matching && { matching: (query) => matching.call(storage, alive(query)) }),
    list: (query) => storage.list(alive(query)),
    count: (filter) => storage.count({ ...filter, aliveAt: now() }),
    scopes: (filter) => storage.scopes({ ...filter, aliveAt: now() }),
    categories: (filter) => storage.categories({ ...filter, aliveAt: now() }),
    remove: (filter, onProgress) => storage.remove({ ...filter, aliveAt: now() }, onProgress),
    touch: (ids, at) => storage.touch(ids, at),
    close: () => storage.close(),
  };
}

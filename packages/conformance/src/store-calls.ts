import type { RecordFilter, StorageBackend, StoredRecord } from "@unimem/core/storage";

/** Every record that there is, superseded and private ones too. */
export const everything: RecordFilter = { visibleTo: "all", state: "any" };

/** Every current record, private ones too. */
export const current: RecordFilter = { visibleTo: "all" };

export function put(storage: StorageBackend, ...records: readonly StoredRecord[]): Promise<void> {
  return storage.write({ put: records, remove: [] });
}

export function removeIds(storage: StorageBackend, ...ids: readonly string[]): Promise<void> {
  return storage.write({ put: [], remove: ids });
}

export async function getOne(
  storage: StorageBackend,
  id: string,
  filter?: RecordFilter,
): Promise<StoredRecord | undefined> {
  const [found] = await storage.get([id], filter);
  return found;
}

/** The ids of all records that match, in the order of `list`. */
export async function listIds(
  storage: StorageBackend,
  filter: RecordFilter = everything,
  { limit = 10_000, offset = 0 } = {},
): Promise<string[]> {
  return (await storage.list({ filter, limit, offset })).map(({ id }) => id);
}

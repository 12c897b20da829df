import type { RecordFilter } from "../domain/record-filter.ts";
import { formerVersions } from "../storage/former-versions.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";

/**
 * Removes what `filter` selects, together with the superseded versions that the same filter selects and, where
 * ids were named, with everything those records ever replaced, as far as `within` shows it: what is forgotten
 * must not come back through `history` or `asOf`. Answers how many records that were; superseded ones count only
 * where named by id. With `asOf` it is what was current then, current still or not, that is removed and counted.
 */
export async function forgetRecords(
  filter: RecordFilter,
  within: Pick<RecordFilter, "visibleTo" | "scopes">,
  storage: Pick<StorageBackend, "get" | "list" | "remove">,
): Promise<number> {
  if (filter.ids !== undefined) return forgetById(filter, filter.ids, within, storage);
  if (filter.asOf !== undefined) return storage.remove(filter);
  await storage.remove({ ...filter, state: "superseded" });
  return storage.remove({ ...filter, state: "current" });
}

async function forgetById(
  filter: RecordFilter,
  ids: readonly string[],
  within: Pick<RecordFilter, "visibleTo" | "scopes">,
  storage: Pick<StorageBackend, "get" | "list" | "remove">,
): Promise<number> {
  const named = await storage.get([...new Set(ids)], { ...filter, state: "any" });
  const doomed = named.filter((record) => record !== undefined).map(({ id }) => id);
  if (doomed.length === 0) return 0;
  const former = await formerVersions(storage, doomed, within);
  const all = new Set([...doomed, ...former.map(({ id }) => id)]);
  await storage.remove({ ...within, state: "any", ids: [...all] });
  return doomed.length;
}

import { parseOptions } from "../domain/parse-options.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import { parseScope } from "../domain/scope.ts";
import { formerVersions } from "../storage/former-versions.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { type ProgressListener, parseProgressListener, tellProgress } from "./tell-progress.ts";

/** How far a removal has come. */
export interface RemovalProgress {
  /** Records that are gone, superseded versions included. */
  readonly removed: number;
}

export interface RemovalOptions {
  /**
   * Called after every batch, where the storage removes in several (Valkey does, by 500). What it throws is ignored.
   */
  readonly onProgress?: ProgressListener<RemovalProgress> | undefined;
}

const removalParsers = { onProgress: parseProgressListener<RemovalProgress> };

export const parseRemovalOptions = (options: unknown) =>
  parseOptions(options, removalParsers, "options");

export const parseResetOptions = (options: unknown) =>
  parseOptions(options, { scope: parseScope, ...removalParsers }, "options");

/** Tells a listener of removals that follow `before` others. */
export function removalTeller(
  { onProgress }: RemovalOptions,
  before = 0,
): (removed: number) => void {
  return (removed) => tellProgress(onProgress, { removed: before + removed });
}

type ForgettingStorage = Pick<StorageBackend, "get" | "list" | "count" | "remove">;

/**
 * Removes what `filter` selects, together with the superseded versions that the same filter selects and with
 * everything that those records ever replaced, as far as `within` shows it: what is forgotten must not come back
 * through `history` or `asOf`. Answers how many records that were; superseded ones count only where named by id.
 * With `asOf` it is what was current then, current still or not, that is removed and counted.
 */
export async function forgetRecords(
  filter: RecordFilter,
  within: Pick<RecordFilter, "visibleTo" | "scopes">,
  storage: ForgettingStorage,
  options: RemovalOptions = {},
): Promise<number> {
  if (filter.ids !== undefined) return forgetById(filter, filter.ids, within, storage, options);
  if (filter.asOf !== undefined) return storage.remove(filter, removalTeller(options));
  const replaced = await removeReplaced(filter, within, storage, options);
  const tellMore = removalTeller(options, replaced);
  const former = await storage.remove({ ...filter, state: "superseded" }, tellMore);
  return storage.remove({ ...filter, state: "current" }, removalTeller(options, replaced + former));
}

const pageSize = 1000;

/** Removes what the selected records have replaced: it may have lain elsewhere, or had other labels. */
async function removeReplaced(
  filter: RecordFilter,
  within: Pick<RecordFilter, "visibleTo" | "scopes">,
  storage: ForgettingStorage,
  options: RemovalOptions,
): Promise<number> {
  let removed = 0;
  if ((await storage.count({ ...within, state: "superseded" })) === 0) return removed;
  const current = { ...filter, state: "current" } as const;
  for (let offset = 0; ; offset += pageSize) {
    const page = await storage.list({ filter: current, limit: pageSize, offset });
    const former = await formerVersions(
      storage,
      page.map(({ id }) => id),
      within,
    );
    const ids = former.map(({ id }) => id);
    if (ids.length > 0)
      removed += await storage.remove(
        { ...within, state: "any", ids },
        removalTeller(options, removed),
      );
    if (page.length < pageSize) return removed;
  }
}

async function forgetById(
  filter: RecordFilter,
  ids: readonly string[],
  within: Pick<RecordFilter, "visibleTo" | "scopes">,
  storage: ForgettingStorage,
  options: RemovalOptions,
): Promise<number> {
  const named = await storage.get([...new Set(ids)], { ...filter, state: "any" });
  const doomed = named.filter((record) => record !== undefined).map(({ id }) => id);
  if (doomed.length === 0) return 0;
  const former = await formerVersions(storage, doomed, within);
  const all = new Set([...doomed, ...former.map(({ id }) => id)]);
  await storage.remove({ ...within, state: "any", ids: [...all] }, removalTeller(options));
  return doomed.length;
}

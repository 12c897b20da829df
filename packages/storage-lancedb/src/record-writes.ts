import type { Table } from "@lancedb/lancedb";
import type { Runtime, StorageBackend, StoredRecord } from "@unimem/core/storage";
import type { Schema } from "apache-arrow";
import { idChunks, mostListedIds } from "./id-chunks.ts";
import { metadataTest } from "./metadata-test.ts";
import type { NativeLibrary } from "./native-library.ts";
import { recordRows } from "./record-rows.ts";
import { matchingIds } from "./resolve-filter.ts";
import { sqlMoment } from "./sql-literal.ts";
import { commitTable, readTable } from "./table-access.ts";
import type { Tombstones } from "./tombstones.ts";
import { amongClause, whereClause } from "./where.ts";

export interface RecordWrites extends Pick<StorageBackend, "write" | "remove" | "touch"> {
  /** Ends the removals that a killed process left half done. */
  completeRemovals(): Promise<void>;
}

/**
 * Everything that changes one table of records. To be called one at a time within a process; any number of
 * processes may call it at once.
 *
 * A removal and a write of one id may cross: both note what they do, then look for the other's note. Whoever
 * looks last sees both, and the removal stands.
 */
export function recordWrites(
  library: NativeLibrary,
  table: Table,
  schema: Schema,
  tombstones: Tombstones,
  discardCopies: (ids: readonly string[]) => Promise<void>,
  runtime: Runtime,
): RecordWrites {
  /** One commit: all of `put` in, all of `remove` out. */
  async function merge(put: readonly StoredRecord[], remove: readonly string[]): Promise<void> {
    const rows = recordRows(library, schema, put);
    await commitTable(table, () => {
      const upsert = table
        .mergeInsert("id")
        .whenMatchedUpdateAll({ where: "source.revision > target.revision" })
        .whenNotMatchedInsertAll();
      const merging =
        remove.length === 0
          ? upsert
          : upsert.whenNotMatchedBySourceDelete({ where: amongClause("id", remove) });
      return merging.execute(rows);
    });
  }

  /** Deletes rows, of which `present` were just counted, and answers how many there were. */
  async function deleteRows(where: string, present: number): Promise<number> {
    let attempts = 0;
    const { numDeletedRows } = await commitTable(table, () => {
      attempts++;
      return table.delete(where);
    });
    // A delete can be committed and fail afterwards; repeated, it finds nothing left.
    return attempts === 1 ? numDeletedRows : present;
  }

  /** Deletes rows by their ids and answers how many there were. */
  async function discard(ids: readonly string[]): Promise<number> {
    let count = 0;
    for (const chunk of idChunks(ids)) {
      const where = amongClause("id", chunk);
      const present = await readTable(table, () => table.countRows(where));
      // A delete that finds nothing would still be a commit.
      if (present > 0) count += await deleteRows(where, present);
    }
    return count;
  }

  return {
    async write({ put, remove }) {
      const ids = put.map(({ id }) => id);
      const now = runtime.now();
      const removed = new Set(await tombstones.among(ids, now));
      const wanted = put.filter(({ id }) => !removed.has(id));
      if (wanted.length === 0) {
        if (remove.length > 0) await tombstones.add(remove, now);
        await discard([...remove, ...removed]);
        if (remove.length > 0) await discardCopies(remove);
        return;
      }
      await merge(wanted, remove);
      if (remove.length > 0) await tombstones.add(remove, now);
      const removedMeanwhile = await tombstones.among(ids, now);
      await discard([...remove, ...removedMeanwhile]);
      if (remove.length > 0) await discardCopies(remove);
    },

    async remove(filter) {
      const ids = await matchingIds(table, filter);
      if (ids.length === 0) return 0;
      await tombstones.add(ids, runtime.now());
      await discardCopies(ids);
      if (ids.length <= mostListedIds || metadataTest(filter) !== undefined) return discard(ids);
      // One commit by the filter is many times faster than a list of so many ids.
      const count = await deleteRows(whereClause(filter), ids.length);
      if (count === ids.length) return count;
      // Some changed between the two looks, and those that were noted have to go.
      return count + (await discard(ids));
    },

    async touch(ids, at) {
      const moment = sqlMoment(at);
      for (const chunk of idChunks(ids)) {
        const among = amongClause("id", chunk);
        await commitTable(table, () =>
          table.update({
            where: `${among} AND lastAccessed < ${moment}`,
            valuesSql: { lastAccessed: moment },
          }),
        );
      }
    },

    async completeRemovals() {
      const dayAgo = new Date(runtime.now().getTime() - 24 * 60 * 60 * 1000);
      await discard(await tombstones.addedSince(dayAgo));
    },
  };
}

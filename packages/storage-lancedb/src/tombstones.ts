import type { Table } from "@lancedb/lancedb";
import { ensureTable, type TablePlace } from "./ensure-table.ts";
import { readColumn } from "./read-records.ts";
import { column, tableOf } from "./record-rows.ts";
import { sqlMoment } from "./sql-literal.ts";
import { commitTable, readTable } from "./table-access.ts";

export const tombstoneTableName = "tombstones";

/** How long a removed id stays removed. */
const tombstoneMs = 7 * 24 * 60 * 60 * 1000;

/**
 * The ids of removed records, in a table of their own: only writes ask for them. Held in memory, and read
 * again when the table's version says that somebody added to them.
 */
export interface Tombstones {
  readonly table: Table;
  /** Those of `ids` that were removed within the week before `now`. */
  among(ids: readonly string[], now: Date): Promise<string[]>;
  /** Also forgets those that are older than a week. */
  add(ids: readonly string[], now: Date): Promise<void>;
  /** Those added after `since`. */
  addedSince(since: Date): Promise<string[]>;
}

export async function openTombstones(place: TablePlace): Promise<Tombstones> {
  const { library } = place;
  const { arrow } = library;
  const schema = new arrow.Schema([
    new arrow.Field("id", new arrow.Utf8(), false),
    new arrow.Field("removedAt", new arrow.TimestampMillisecond(), false),
  ]);
  const table = await ensureTable(place, {
    name: tombstoneTableName,
    schema,
    prepare: async () => {},
  });
  let version = -1;
  let removedAt = new Map<string, number>();
  let oldest = Number.POSITIVE_INFINITY;

  async function refresh(): Promise<void> {
    const latest = await readTable(table, () => table.version());
    if (latest === version) return;
    const answer = await readTable(table, () =>
      table.query().select(["id", "removedAt"]).toArrow(),
    );
    const times = readColumn(answer, "removedAt") as number[];
    const next = new Map<string, number>();
    for (const [i, id] of (readColumn(answer, "id") as string[]).entries())
      next.set(id, Math.max(next.get(id) ?? Number.NEGATIVE_INFINITY, times[i] ?? 0));
    removedAt = next;
    oldest = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    version = latest;
  }

  async function prune(now: Date): Promise<void> {
    const weekAgo = now.getTime() - tombstoneMs;
    if (oldest >= weekAgo) return;
    await commitTable(table, () => table.delete(`removedAt < ${sqlMoment(new Date(weekAgo))}`));
    await refresh();
  }

  return {
    table,

    async among(ids, now) {
      await refresh();
      const weekAgo = now.getTime() - tombstoneMs;
      return ids.filter((id) => (removedAt.get(id) ?? Number.NEGATIVE_INFINITY) >= weekAgo);
    },

    async add(ids, now) {
      const times = ids.map(() => now.getTime());
      const rows = () =>
        tableOf(
          library,
          schema,
          schema.fields.map((field) =>
            column(library, field, field.name === "id" ? [...ids] : times),
          ),
          ids.length,
        );
      await commitTable(table, () => table.add(rows()));
      await prune(now);
    },

    async addedSince(since) {
      await refresh();
      return [...removedAt].filter(([, at]) => at >= since.getTime()).map(([id]) => id);
    },
  };
}

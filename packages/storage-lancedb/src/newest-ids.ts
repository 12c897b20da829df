import type { Table } from "@lancedb/lancedb";
import type { RecordFilter } from "@unimem/core/storage";
import { metadataTest } from "./metadata-test.ts";
import { readColumn } from "./read-records.ts";
import { readTable } from "./table-access.ts";
import { whereClause } from "./where.ts";

const newestFirst = [
  { columnName: "createdAt", ascending: false },
  { columnName: "id", ascending: true },
];

/**
 * The ids on one page of the list. Only what decides is read: sorting whole rows takes Lance twice as long
 * as sorting these and fetching the page afterwards.
 */
export async function newestIds(
  table: Table,
  filter: RecordFilter,
  limit: number,
  offset: number,
): Promise<string[]> {
  const test = metadataTest(filter);
  const query = () => table.query().where(whereClause(filter)).orderBy(newestFirst);
  if (test === undefined) {
    const page = await readTable(table, () =>
      query().select(["id", "createdAt"]).limit(limit).offset(offset).toArrow(),
    );
    return readColumn(page, "id") as string[];
  }
  const all = await readTable(table, () =>
    query().select(["id", "createdAt", "metadata"]).toArrow(),
  );
  const metadata = readColumn(all, "metadata") as string[];
  return (readColumn(all, "id") as string[])
    .filter((_, i) => test(metadata[i] ?? "{}"))
    .slice(offset, offset + limit);
}

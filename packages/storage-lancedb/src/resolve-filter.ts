import type { Table } from "@lancedb/lancedb";
import type { RecordFilter } from "@unimem/core/storage";
import { mostListedIds } from "./id-chunks.ts";
import { metadataTest } from "./metadata-test.ts";
import { readColumn } from "./read-records.ts";
import { readTable } from "./table-access.ts";
import { amongClause, whereClause } from "./where.ts";

export interface ResolvedFilter {
  readonly where: string;
  /** Whether `where` says it all. Otherwise some of what it admits still fails the filter. */
  readonly isComplete: boolean;
}

/**
 * The SQL condition for a ranked search. Ranges of metadata values are beyond SQL over JSON, so the few ids
 * that satisfy them are listed; where there are many, the search has to look at the records as they come.
 */
export async function resolveFilter(table: Table, filter: RecordFilter): Promise<ResolvedFilter> {
  const where = whereClause(filter);
  if (metadataTest(filter) === undefined) return { where, isComplete: true };
  const ids = await matchingIds(table, filter);
  if (ids.length > mostListedIds) return { where, isComplete: false };
  return { where: `${where} AND ${amongClause("id", ids)}`, isComplete: true };
}

/** The ids of all records that match. */
export async function matchingIds(table: Table, filter: RecordFilter): Promise<string[]> {
  const test = metadataTest(filter);
  const columns = test === undefined ? ["id"] : ["id", "metadata"];
  const answer = await readTable(table, () =>
    table.query().where(whereClause(filter)).select(columns).toArrow(),
  );
  const ids = readColumn(answer, "id") as string[];
  if (test === undefined) return ids;
  const metadata = readColumn(answer, "metadata") as string[];
  return ids.filter((_, i) => test(metadata[i] ?? "{}"));
}

import type { Connection, Table } from "@lancedb/lancedb";
import { checkVectorSpace, isSameSpace, MemoryError, type VectorSpace } from "@unimem/core/storage";
import {
  isRecordTableName,
  originOfSchema,
  recordTableName,
  spaceOfSchema,
  successorOfSchema,
} from "./record-schema.ts";
import { isMissingFile } from "./storage-error.ts";
import { readTable } from "./table-access.ts";

/** What a table of records says of itself. */
export interface TableFacts {
  readonly name: string;
  readonly space: VectorSpace;
  readonly rows: number;
  /** The table whose records it takes over, in a re-embedding. */
  readonly origin: string | undefined;
  /** The table that has taken over its records: it is not in use any more. */
  readonly successor: string | undefined;
}

/** The tables of records in a database, in use or not. */
export async function storedTables(connection: Connection): Promise<TableFacts[]> {
  const found: TableFacts[] = [];
  for (const name of (await connection.tableNames()).filter(isRecordTableName)) {
    const table = await openTable(connection, name);
    if (table === undefined) continue;
    const schema = await table.schema();
    const space = spaceOfSchema(schema);
    if (space === undefined)
      throw new MemoryError(
        "STORAGE_CORRUPT",
        `The table ${name} does not say which embedder made it. Restore the directory from a backup, or start with a new one.`,
      );
    const rows = await readTable(table, () => table.countRows());
    const [origin, successor] = [originOfSchema(schema), successorOfSchema(schema)];
    found.push({ name, space, rows, origin, successor });
    table.close();
  }
  return found;
}

/** Whether records may be read from a table and written to it: one that takes over others' is not until it has. */
export function isInUse(table: TableFacts, tables: readonly TableFacts[]): boolean {
  if (table.successor !== undefined) return false;
  const origin = tables.find(({ name }) => name === table.origin);
  return table.origin === undefined || origin?.successor === table.name;
}

/** The table that holds records of this space, or of any; rejects where only others are filled. */
export function filledTable(
  tables: readonly TableFacts[],
  expected?: VectorSpace,
): TableFacts | undefined {
  const filled = tables.filter((table) => table.rows > 0 && isInUse(table, tables));
  const [first] = filled;
  if (first === undefined || expected === undefined) return first;
  const own = filled.find(({ space }) => isSameSpace(space, expected));
  if (own === undefined) checkVectorSpace(first.space, expected);
  return own;
}

/** The name of the table that records of this space begin in, where there are none of any. */
export function firstTableName(tables: readonly TableFacts[], space: VectorSpace): string {
  for (let generation = 1; ; generation++) {
    const name = recordTableName(space, generation === 1 ? undefined : String(generation));
    const known = tables.find((table) => table.name === name);
    if (known === undefined || isInUse(known, tables)) return name;
  }
}

async function openTable(connection: Connection, name: string): Promise<Table | undefined> {
  try {
    return await connection.openTable(name);
  } catch (error) {
    // Its directory is there before its first version is, while another process creates it.
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

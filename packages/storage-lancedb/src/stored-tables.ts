import type { Connection, Table } from "@lancedb/lancedb";
import { MemoryError, type VectorSpace } from "@unimem/core/storage";
import { isRecordTableName, spaceOfSchema } from "./record-schema.ts";
import { isMissingFile } from "./storage-error.ts";
import { readTable } from "./table-access.ts";

export interface StoredTable {
  readonly table: Table;
  readonly space: VectorSpace;
  readonly rows: number;
}

/** The tables of records in a database, one for each vector space that it was ever opened with. */
export async function storedTables(connection: Connection): Promise<StoredTable[]> {
  const found: StoredTable[] = [];
  for (const name of (await connection.tableNames()).filter(isRecordTableName)) {
    const table = await openTable(connection, name);
    if (table === undefined) continue;
    const space = spaceOfSchema(await table.schema());
    if (space === undefined)
      throw new MemoryError(
        "STORAGE_CORRUPT",
        `The table ${name} does not say which embedder made it. Restore the directory from a backup, or start with a new one.`,
      );
    found.push({ table, space, rows: await readTable(table, () => table.countRows()) });
  }
  return found;
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

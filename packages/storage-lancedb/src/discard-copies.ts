import type { Connection } from "@lancedb/lancedb";
import { idChunks } from "./id-chunks.ts";
import { isNewVectorsName } from "./new-vectors.ts";
import { isRecordTableName } from "./record-schema.ts";
import { isMissingFile } from "./storage-error.ts";
import { commitTable, readTable } from "./table-access.ts";
import { amongClause } from "./where.ts";

/** Deletes what re-embeddings under way keep of records that were removed from the table `own`. */
export async function discardCopies(
  connection: Connection,
  own: string,
  ids: readonly string[],
): Promise<void> {
  const names = await connection.tableNames();
  if (!names.some(isNewVectorsName)) return;
  const isCopy = (name: string) => isNewVectorsName(name) || isRecordTableName(name);
  for (const name of names.filter((each) => each !== own && isCopy(each))) {
    try {
      await discard(connection, name, ids);
    } catch (error) {
      if (!isMissingFile(error)) throw error; // it has served, and another process has dropped it
    }
  }
}

async function discard(
  connection: Connection,
  name: string,
  ids: readonly string[],
): Promise<void> {
  const table = await connection.openTable(name);
  for (const chunk of idChunks(ids)) {
    const where = amongClause("id", chunk);
    if ((await readTable(table, () => table.countRows(where))) > 0)
      await commitTable(table, () => table.delete(where));
  }
  table.close();
}

import type { BindingTools } from "./bound-table.ts";
import { newVectorsName } from "./new-vectors.ts";
import { filledTable, isInUse, type TableFacts } from "./stored-tables.ts";
import { commitTable } from "./table-access.ts";

/**
 * Deletes what a re-embedding leaves behind: the records in the table that was switched from, copies that were
 * not switched to, and the new vectors. The emptied table stays: it says to whoever still has it open that its
 * records have moved. May be called at any time, and by several at once.
 */
export async function clearLeftovers(
  tools: BindingTools,
  tables: readonly TableFacts[],
): Promise<void> {
  const { connection } = tools;
  for (const table of tables) {
    if (table.successor !== undefined) await emptyTable(table, tools);
    else if (isAbandoned(table, tables)) await connection.dropTable(table.name);
  }
  const current = filledTable(tables);
  const served = current && newVectorsName(current.space);
  if (served !== undefined && (await connection.tableNames()).includes(served))
    await connection.dropTable(served);
}

/** Whether a copy can never come into use, because its origin has another successor. */
function isAbandoned(table: TableFacts, tables: readonly TableFacts[]): boolean {
  const origin = tables.find(({ name }) => name === table.origin);
  return origin?.successor !== undefined && !isInUse(table, tables);
}

async function emptyTable(
  { name, rows }: TableFacts,
  { connection, policy, presence }: BindingTools,
): Promise<void> {
  const table = await connection.openTable(name);
  if (rows > 0) await commitTable(table, () => table.delete("true"));
  if ((await table.listVersions()).length > 1) {
    // By the same rules as in upkeep, and with the machine's clock, by which Lance stamps versions.
    const now = Date.now();
    const graceMs = (await presence.isAlone()) ? 0 : policy.sharedGraceMs;
    await table.optimize({ cleanupOlderThan: new Date(now - graceMs) });
  }
  table.close();
}

import { mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import type { Schema } from "apache-arrow";
import { connectLance } from "./connect-lance.ts";
import type { NativeLibrary } from "./native-library.ts";

/** How the folders begin in which tables are made before they are moved to their place. */
export const newTablePrefix = ".unimem-new-";

export interface TablePlan {
  readonly name: string;
  readonly schema: Schema;
  /** Completes a table that has just been made. May be called again on one that is complete. */
  prepare(table: Table): Promise<void>;
}

export interface TablePlace {
  readonly library: NativeLibrary;
  readonly connection: Connection;
  /** The local directory that is connected to; `undefined` for an object store. */
  readonly directory: string | undefined;
}

/**
 * The table of this name, made if it is not there. LanceDB's own `existOk` does not stand a race: the slower of
 * two creators overwrites the table of the faster one, with what has been written to it meanwhile. So the table
 * is made beside its place and moved there whole, which only the first can do. On an object store nothing can be
 * moved, and the race remains.
 */
export async function ensureTable(place: TablePlace, plan: TablePlan): Promise<Table> {
  const { connection, directory } = place;
  const { name, schema } = plan;
  if (!(await connection.tableNames()).includes(name)) {
    if (directory === undefined) await connection.createEmptyTable(name, schema, { existOk: true });
    else await makeAndMove(place, directory, plan);
  }
  const table = await connection.openTable(name);
  await plan.prepare(table);
  return table;
}

async function makeAndMove(
  { library }: TablePlace,
  directory: string,
  { name, schema, prepare }: TablePlan,
): Promise<void> {
  const beside = await mkdtemp(join(directory, newTablePrefix));
  try {
    const connection = await connectLance(library, beside, undefined);
    const table = await connection.createEmptyTable(name, schema);
    await prepare(table);
    table.close();
    connection.close();
    await rename(join(beside, `${name}.lance`), join(directory, `${name}.lance`));
  } catch (error) {
    if (!isTaken(error)) throw error; // taken: another process has made it first
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

function isTaken(error: unknown): boolean {
  // What a directory at the target is called: by POSIX either of the first two, by Windows the third.
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOTEMPTY" || code === "EEXIST" || code === "EPERM";
}

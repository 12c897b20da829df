import { createRequire } from "node:module";
import type * as Lance from "@lancedb/lancedb";

process.env.LANCEDB_LOG ??= "error";
const require = createRequire(import.meta.url);
export const lancedb = require("@lancedb/lancedb") as typeof Lance;

/** The table of records that unimem made in this directory, opened with LanceDB alone. */
export async function openRaw(uri: string): Promise<Lance.Table> {
  const session = new lancedb.Session(256n * 1_048_576n, 128n * 1_048_576n);
  const connection = await lancedb.connect({ uri, session, readConsistencyInterval: 0 });
  const name = (await connection.tableNames()).find((each) => each.startsWith("records_"));
  return connection.openTable(name ?? "records");
}

/** What recall asks of a record; the same columns for the raw query, so that both fetch as much. */
export async function rawColumns(table: Lance.Table): Promise<string[]> {
  const left = new Set(["vector", "metadataTerms"]);
  return (await table.schema()).fields.map(({ name }) => name).filter((name) => !left.has(name));
}

/** The condition that a recall in `scope` on nobody's behalf comes to. */
export function rawFilter(scope: string): string {
  const place =
    scope === "/"
      ? ""
      : ` AND (scope = '${scope}' OR (scope >= '${scope}/' AND scope < '${scope}0'))`;
  return `private = false AND supersededAt IS NULL${place}`;
}

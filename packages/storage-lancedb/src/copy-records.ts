import type { Table } from "@lancedb/lancedb";
import type { Schema } from "apache-arrow";
import { idChunks } from "./id-chunks.ts";
import type { NativeLibrary } from "./native-library.ts";
import type { NewVectors } from "./new-vectors.ts";
import { readColumn, readRecords } from "./read-records.ts";
import { recordRows } from "./record-rows.ts";
import { recordColumns } from "./record-schema.ts";
import { commitTable, readTable } from "./table-access.ts";
import { amongClause } from "./where.ts";

export interface CopyPlan {
  readonly library: NativeLibrary;
  readonly source: Table;
  readonly copy: Table;
  /** Of the copy. */
  readonly schema: Schema;
  readonly vectors: NewVectors;
}

/**
 * Makes `copy` hold the records of `source` and no others, each with its new vector; what it holds already is left
 * alone. Answers `false` where a record has none, or one of another revision.
 */
export async function copyRecords(plan: CopyPlan): Promise<boolean> {
  const { library, source, copy, schema, vectors } = plan;
  const [held, copied] = [await states(source), await states(copy)];
  const missing = [...held].filter(([id, state]) => copied.get(id) !== state).map(([id]) => id);
  for (const chunk of idChunks(missing)) {
    const where = amongClause("id", chunk);
    const answer = await readTable(source, () =>
      source.query().where(where).select(recordColumns).toArrow(),
    );
    const found = await vectors.get(chunk);
    const records = readRecords(answer).map((record) => {
      const { revision, vector } = found.get(record.id) ?? {};
      return revision === record.revision && vector ? { ...record, vector } : undefined;
    });
    if (!records.every((record) => record !== undefined)) return false;
    if (records.length === 0) continue;
    const rows = recordRows(library, schema, records);
    await commitTable(copy, () =>
      copy.mergeInsert("id").whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(rows),
    );
  }
  const gone = [...copied.keys()].filter((id) => !held.has(id));
  for (const chunk of idChunks(gone))
    await commitTable(copy, () => copy.delete(amongClause("id", chunk)));
  return true;
}

/** All of each record that can change: its revision, and what a touch changes without raising it. */
async function states(table: Table): Promise<Map<string, string>> {
  const answer = await readTable(table, () =>
    table.query().select(["id", "revision", "lastAccessed"]).toArrow(),
  );
  const revisions = readColumn(answer, "revision");
  const accesses = readColumn(answer, "lastAccessed");
  const ids = readColumn(answer, "id") as string[];
  return new Map(ids.map((id, i) => [id, `${revisions[i]} ${accesses[i]}`]));
}

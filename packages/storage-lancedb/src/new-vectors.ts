import type { Table } from "@lancedb/lancedb";
import type { NewVector, VectorSpace } from "@unimem/core/storage";
import type { BindingTools } from "./bound-table.ts";
import { ensureTable } from "./ensure-table.ts";
import { idChunks } from "./id-chunks.ts";
import { columnOf, readColumn } from "./read-records.ts";
import { column, tableOf, vectorColumn } from "./record-rows.ts";
import { idField, spaceDigest, vectorField } from "./record-schema.ts";
import { commitTable, readTable } from "./table-access.ts";
import { tableUpkeep } from "./table-upkeep.ts";
import { withoutIndexes } from "./upkeep-policy.ts";
import { amongClause } from "./where.ts";

/** The vectors of a re-embedding under way, in a table of their own: no content, no scope, nothing else. */
export interface NewVectors {
  /** The revision of each record that has a vector. */
  revisions(): Promise<Map<string, number>>;
  get(ids: readonly string[]): Promise<Map<string, NewVector>>;
  write(vectors: readonly NewVector[]): Promise<void>;
  release(): void;
}

export function newVectorsName(space: VectorSpace): string {
  return `vectors_${spaceDigest(space)}`;
}

export function isNewVectorsName(name: string): boolean {
  return /^vectors_\d+_[0-9a-f]{12}$/.test(name);
}

export async function openNewVectors(tools: BindingTools, space: VectorSpace): Promise<NewVectors> {
  const { library, policy } = tools;
  const { arrow } = library;
  const id = idField(arrow);
  const revision = new arrow.Field("revision", new arrow.Int64(), false);
  const vector = vectorField(arrow, space);
  const schema = new arrow.Schema([id, revision, vector]);
  const table = await ensureTable(tools, {
    name: newVectorsName(space),
    schema,
    prepare: async () => {},
  });
  const upkeep = tableUpkeep(tools, table, 0, withoutIndexes(policy));
  return {
    revisions: () => revisionsOf(table),

    async get(ids) {
      const found = new Map<string, NewVector>();
      for (const chunk of idChunks(ids)) {
        const answer = await readTable(table, () =>
          table.query().where(amongClause("id", chunk)).toArrow(),
        );
        for (const batch of answer.batches) {
          const names = columnOf(batch, "id");
          const revisions = columnOf(batch, "revision");
          const vectors = columnOf(batch, "vector");
          for (let i = 0; i < batch.numRows; i++)
            found.set(names.get(i), {
              id: names.get(i),
              revision: Number(revisions.get(i)),
              vector: vectors.get(i).toArray().slice(),
            });
        }
      }
      return found;
    },

    async write(vectors) {
      const columns = [
        column(
          library,
          id,
          vectors.map((each) => each.id),
        ),
        column(
          library,
          revision,
          vectors.map((each) => BigInt(each.revision)),
        ),
        vectorColumn(library, vector, vectors),
      ];
      const rows = tableOf(library, schema, columns, vectors.length);
      await commitTable(table, () =>
        table
          .mergeInsert("id")
          .whenMatchedUpdateAll({ where: "source.revision >= target.revision" })
          .whenNotMatchedInsertAll()
          .execute(rows),
      );
      await upkeep.tidy();
    },

    release: () => table.close(),
  };
}

/** The revision of every row in a table with the columns `id` and `revision`. */
export async function revisionsOf(table: Table): Promise<Map<string, number>> {
  const answer = await readTable(table, () => table.query().select(["id", "revision"]).toArrow());
  const revisions = readColumn(answer, "revision");
  return new Map((readColumn(answer, "id") as string[]).map((id, i) => [id, Number(revisions[i])]));
}

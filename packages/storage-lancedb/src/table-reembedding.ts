import type { Connection, Table } from "@lancedb/lancedb";
import {
  checkVectorSpace,
  isSameSpace,
  type Reembedding,
  type VectorSpace,
} from "@unimem/core/storage";
import { type BindingTools, createRecordTable } from "./bound-table.ts";
import { clearLeftovers } from "./clear-leftovers.ts";
import { copyRecords } from "./copy-records.ts";
import { idChunks } from "./id-chunks.ts";
import { type NewVectors, openNewVectors, revisionsOf } from "./new-vectors.ts";
import { readColumn } from "./read-records.ts";
import { recordSchema, successorColumn, successorOfSchema } from "./record-schema.ts";
import { isConflict } from "./storage-error.ts";
import { filledTable, type StoredTable, storedTables, successorName } from "./stored-tables.ts";
import { readTable } from "./table-access.ts";
import { tableUpkeep } from "./table-upkeep.ts";
import { amongClause } from "./where.ts";

export interface ReembeddingTools extends BindingTools {
  /** A connection whose tables stay as they are when they are opened. */
  connectFrozen(): Promise<Connection>;
}

/**
 * Takes the records of one table over to another. The new vectors gather in a table of their own; `finish` puts
 * them together with the records in a second table of records, which nobody uses yet, and switches with one
 * commit to the first: the mark that names its successor. That commit fails if anything was written since the
 * copy was compared, and after it nothing can be. Whoever is killed on the way leaves a store in the one space or
 * the other, and tables that the next re-embedding goes on with.
 */
export function tableReembedding(
  tools: ReembeddingTools,
  origin: VectorSpace | undefined,
  target: VectorSpace,
): Reembedding {
  const { library, connection } = tools;

  /** The table to take over; none where the store is empty, or there already. */
  async function findSource(): Promise<StoredTable | undefined> {
    const source = filledTable(await storedTables(connection));
    if (source === undefined || isSameSpace(source.space, target)) return undefined;
    if (origin === undefined || !isSameSpace(source.space, origin))
      checkVectorSpace(source.space, target);
    return source;
  }

  async function withVectors<Answer>(
    use: (vectors: NewVectors) => Promise<Answer>,
  ): Promise<Answer> {
    const vectors = await openNewVectors(tools, target);
    try {
      return await use(vectors);
    } finally {
      vectors.release();
    }
  }

  async function pendingIds({ table }: StoredTable, vectors: NewVectors) {
    const [held, known] = [await revisionsOf(table), await vectors.revisions()];
    const ids = [...held].filter(([id, revision]) => known.get(id) !== revision).map(([id]) => id);
    return { ids, total: held.size };
  }

  /** The table of records that is to be switched to, with everything in it that is in `source`. */
  async function copy(source: Table, name: string, originName: string, vectors: NewVectors) {
    const table = await createRecordTable(tools, name, target, originName);
    const schema = recordSchema(library, target);
    return { table, isWhole: await copyRecords({ library, source, copy: table, schema, vectors }) };
  }

  async function switchTables(source: StoredTable, vectors: NewVectors): Promise<boolean> {
    const name = successorName(await storedTables(connection), target, source.name);
    // Most of the work is done while others may write and prune; little is left for when nobody may.
    const first = await copy(source.table, name, source.name, vectors);
    if (!first.isWhole) return false;
    const { policy, presence } = tools;
    const upkeep = tableUpkeep(library, first.table, target.dimensions, policy, presence);
    await upkeep.tidy();
    await upkeep.finish();
    const frozen = await tools.connectFrozen();
    try {
      const table = await frozen.openTable(source.name);
      if (successorOfSchema(await table.schema()) !== undefined) return false; // another was faster
      const last = await copy(table, name, source.name, vectors);
      if (!last.isWhole) return false;
      await table.addColumns([successorColumn(name)]);
      return true;
    } catch (error) {
      if (isConflict(error)) return false; // somebody wrote meanwhile
      throw error;
    } finally {
      first.table.close();
      frozen.close();
    }
  }

  return {
    async pending(limit) {
      const source = await findSource();
      if (source === undefined) {
        const here = filledTable(await storedTables(connection));
        return { records: [], remaining: 0, total: here?.rows ?? 0 };
      }
      const { table } = source;
      const { ids, total } = await withVectors((vectors) => pendingIds(source, vectors));
      const records = [];
      for (const chunk of idChunks(ids.slice(0, limit))) {
        const answer = await readTable(table, () =>
          table
            .query()
            .where(amongClause("id", chunk))
            .select(["id", "revision", "content"])
            .toArrow(),
        );
        const [revisions, contents] = [
          readColumn(answer, "revision"),
          readColumn(answer, "content"),
        ];
        for (const [i, id] of (readColumn(answer, "id") as string[]).entries())
          records.push({ id, revision: Number(revisions[i]), content: contents[i] as string });
      }
      // What was removed between the two looks is pending no more.
      const removed = Math.min(limit, ids.length) - records.length;
      return { records, remaining: ids.length - removed, total: total - removed };
    },

    async write(given) {
      if ((await findSource()) === undefined) return;
      await withVectors((vectors) => vectors.write(given));
    },

    async finish() {
      const source = await findSource();
      if (source !== undefined) {
        const isSwitched = await withVectors(async (vectors) => {
          const { ids } = await pendingIds(source, vectors);
          return ids.length === 0 && (await switchTables(source, vectors));
        });
        if (!isSwitched) return false;
      }
      await clearLeftovers(tools, await storedTables(connection));
      return true;
    },
  };
}

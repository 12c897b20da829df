import type { Connection, Table } from "@lancedb/lancedb";
import {
  checkVectorSpace,
  isSameSpace,
  type PendingRecord,
  type Reembedding,
  type VectorSpace,
} from "@unimem/core/storage";
import { type BindingTools, createRecordTable } from "./bound-table.ts";
import { clearLeftovers } from "./clear-leftovers.ts";
import { copyRecords } from "./copy-records.ts";
import { idChunks } from "./id-chunks.ts";
import { type NewVectors, openNewVectors, revisionsOf } from "./new-vectors.ts";
import { readColumn } from "./read-records.ts";
import {
  recordSchema,
  recordTableName,
  successorColumn,
  successorOfSchema,
} from "./record-schema.ts";
import { isConflict } from "./storage-error.ts";
import { filledTable, storedTables, type TableFacts } from "./stored-tables.ts";
import { readTable } from "./table-access.ts";
import { tableUpkeep } from "./table-upkeep.ts";
import { amongClause } from "./where.ts";

// Touches and removals of others need no embedder, so the copy is compared anew at once. An update ends the attempt.
const switchAttempts = 5;

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
  const { library, connection, onUpkeepFailed } = tools;

  /** The table to take over; none where the store is empty, or there already. */
  async function findSource(): Promise<TableFacts | undefined> {
    const source = filledTable(await storedTables(connection));
    if (source === undefined || isSameSpace(source.space, target)) return undefined;
    if (origin === undefined || !isSameSpace(source.space, origin))
      checkVectorSpace(source.space, target);
    return source;
  }

  /** Works on the table to take over, where there is one. */
  async function withSource<Answer>(
    work: (source: Table, vectors: NewVectors, name: string) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const found = await findSource();
    if (found === undefined) return undefined;
    const source = await connection.openTable(found.name);
    const vectors = await openNewVectors(tools, target);
    try {
      return await work(source, vectors, found.name);
    } catch (error) {
      // Another process may have finished, and cleared away what this one was working with.
      if ((await findSource()) === undefined) return undefined;
      throw error;
    } finally {
      vectors.release();
      source.close();
    }
  }

  /** A copy of its own for every attempt, so that two processes never work on one. */
  async function switchTables(source: Table, vectors: NewVectors, name: string): Promise<boolean> {
    const copyName = recordTableName(target, crypto.randomUUID().slice(0, 8));
    const copy = await createRecordTable(tools, copyName, target, name);
    const plan = { library, copy, schema: recordSchema(library, target), vectors };
    const frozen = await tools.connectFrozen();
    let isSwitched = false;
    try {
      // Most of the work is done while others may write and prune; little is left for when nobody may.
      if (!(await copyRecords({ ...plan, source }))) return false;
      const upkeep = tableUpkeep(tools, copy, target.dimensions, tools.policy);
      await upkeep.tidy();
      await upkeep.finish();
      for (let attempt = 0; attempt < switchAttempts && !isSwitched; attempt++) {
        const still = await frozen.openTable(name);
        if (successorOfSchema(await still.schema()) !== undefined) return false;
        if (!(await copyRecords({ ...plan, source: still }))) return false;
        isSwitched = await isCommitted(() => still.addColumns([successorColumn(copyName)]));
        still.close();
      }
      return isSwitched;
    } finally {
      frozen.close();
      copy.close();
      // A commit that was reported as failed may have been made nevertheless.
      if (!isSwitched && successorOfSchema(await source.schema()) !== copyName)
        await connection.dropTable(copyName).catch(onUpkeepFailed);
    }
  }

  return {
    async pending(limit) {
      const found = await withSource(async (source, vectors) => {
        const { ids, total } = await pendingIds(source, vectors);
        const records = await pendingRecords(source, ids.slice(0, limit));
        // What was removed between the two looks is pending no more.
        const removed = Math.min(limit, ids.length) - records.length;
        return { records, remaining: ids.length - removed, total: total - removed };
      });
      if (found !== undefined) return found;
      const total = filledTable(await storedTables(connection))?.rows ?? 0;
      return { records: [], remaining: 0, total };
    },

    async write(given) {
      await withSource((_, vectors) => vectors.write(given));
    },

    async finish() {
      const isSwitched = await withSource(async (source, vectors, name) => {
        const { ids } = await pendingIds(source, vectors);
        return ids.length === 0 && (await switchTables(source, vectors, name));
      });
      if (isSwitched === false) return false;
      // Where it cannot be done now, the next to open the store does it.
      await clearLeftovers(tools, await storedTables(connection)).catch(onUpkeepFailed);
      return true;
    },
  };
}

async function pendingIds(source: Table, vectors: NewVectors) {
  const [held, known] = [await revisionsOf(source), await vectors.revisions()];
  const ids = [...held].filter(([id, revision]) => known.get(id) !== revision).map(([id]) => id);
  return { ids, total: held.size };
}

async function pendingRecords(source: Table, ids: readonly string[]): Promise<PendingRecord[]> {
  const records: PendingRecord[] = [];
  for (const chunk of idChunks(ids)) {
    const columns = ["id", "revision", "content"];
    const answer = await readTable(source, () =>
      source.query().where(amongClause("id", chunk)).select(columns).toArrow(),
    );
    const revisions = readColumn(answer, "revision");
    const contents = readColumn(answer, "content") as string[];
    for (const [i, id] of (readColumn(answer, "id") as string[]).entries())
      records.push({ id, revision: Number(revisions[i]), content: contents[i] ?? "" });
  }
  return records;
}

/** Whether a commit was made, and not refused because somebody else has made one meanwhile. */
async function isCommitted(commit: () => Promise<unknown>): Promise<boolean> {
  try {
    await commit();
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

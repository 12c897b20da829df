import type { Table } from "@lancedb/lancedb";
import type { Runtime, VectorSpace } from "@unimem/core/storage";
import type { Field, Schema } from "apache-arrow";
import { discardCopies } from "./discard-copies.ts";
import { ensureTable, type TablePlace } from "./ensure-table.ts";
import type { NativeLibrary } from "./native-library.ts";
import { type RecordReads, recordReads } from "./record-reads.ts";
import { recordSchema, successorOfSchema } from "./record-schema.ts";
import { type RecordWrites, recordWrites } from "./record-writes.ts";
import { commitTable, readTable } from "./table-access.ts";
import { type TableUpkeep, tableUpkeep } from "./table-upkeep.ts";
import { openTombstones } from "./tombstones.ts";
import { type UpkeepPolicy, withoutIndexes } from "./upkeep-policy.ts";
import type { WriterPresence } from "./writer-presence.ts";

/** The table of records that a storage works with, and what works on it. */
export interface BoundTable {
  readonly name: string;
  readonly space: VectorSpace;
  readonly reads: RecordReads;
  readonly writes: RecordWrites;
  /** For the table itself and for its tombstones. */
  readonly upkeep: readonly TableUpkeep[];
  isEmpty(): Promise<boolean>;
  /** Whether another table has taken over its records, so that nobody may use it any more. */
  isMoved(): Promise<boolean>;
  release(): void;
}

/** What binding needs besides the table. */
export interface BindingTools extends TablePlace {
  readonly runtime: Runtime;
  readonly policy: UpkeepPolicy;
  readonly presence: WriterPresence;
  /** Told of what failed and is left for the next time. */
  readonly onUpkeepFailed: (error: unknown) => void;
}

export async function bindTable(
  tools: BindingTools,
  name: string,
  space: VectorSpace,
): Promise<BoundTable> {
  const { library, connection, runtime, policy, onUpkeepFailed } = tools;
  const table = await createRecordTable(tools, name, space);
  const tombstones = await openTombstones(tools);
  const schema = recordSchema(library, space);
  const discard = (ids: readonly string[]) => discardCopies(connection, name, ids);
  const writes = recordWrites(library, table, schema, tombstones, discard, runtime);
  // What a killed process left half done; where it cannot be done now, the next to open the store tries.
  await writes.completeRemovals().catch(onUpkeepFailed);
  let looked = -1;
  let moved = false;
  return {
    name,
    space,
    reads: recordReads(library, table),
    writes,
    upkeep: [
      tableUpkeep(tools, table, space.dimensions, policy),
      tableUpkeep(tools, tombstones.table, 0, withoutIndexes(policy)),
    ],
    isEmpty: async () => (await readTable(table, () => table.countRows())) === 0,
    async isMoved() {
      const version = await readTable(table, () => table.version());
      // The schema takes longer to read than the version, and only a commit can change it.
      if (version !== looked) moved = successorOfSchema(await table.schema()) !== undefined;
      looked = version;
      return moved;
    },
    release() {
      table.close();
      tombstones.table.close();
    },
  };
}

/** The table of this name, made if it is not there; `origin` is the one whose records it takes over. */
export async function createRecordTable(
  place: TablePlace,
  name: string,
  space: VectorSpace,
  origin?: string,
): Promise<Table> {
  const { library } = place;
  const schema = recordSchema(library, space, origin);
  return ensureTable(place, {
    name,
    schema,
    async prepare(table) {
      await addMissingColumns(table, schema);
      await indexContent(library, table);
    },
  });
}

// An earlier version made tables without `expiresAt`. No row is rewritten: a column that is added reads as null.
async function addMissingColumns(table: Table, schema: Schema): Promise<void> {
  async function missing(): Promise<Field[]> {
    const known = new Set((await table.schema()).fields.map(({ name }) => name));
    return schema.fields.filter(({ name }) => !known.has(name));
  }
  await commitTable(table, async () => {
    const fields = await missing();
    if (fields.length === 0) return;
    await table.addColumns(fields).catch(async (error) => {
      if ((await missing()).length > 0) throw error; // else another process was faster
    });
  });
}

// From the start, although few rows need no index: text is cut into words as the index says, so without one
// the same question would be answered differently.
async function indexContent({ lancedb }: NativeLibrary, table: Table): Promise<void> {
  const isIndexed = async () =>
    (await table.listIndices()).some(({ columns }) => columns.includes("content"));
  if (await isIndexed()) return;
  try {
    await table.createIndex("content", { config: lancedb.Index.fts({ withPosition: false }) });
  } catch (error) {
    if (!(await isIndexed())) throw error;
  }
}

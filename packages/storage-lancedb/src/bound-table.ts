import type { Table } from "@lancedb/lancedb";
import type { Runtime, VectorSpace } from "@unimem/core/storage";
import { ensureTable, type TablePlace } from "./ensure-table.ts";
import type { NativeLibrary } from "./native-library.ts";
import { type RecordReads, recordReads } from "./record-reads.ts";
import { recordSchema, recordTableName } from "./record-schema.ts";
import { type RecordWrites, recordWrites } from "./record-writes.ts";
import { type TableUpkeep, tableUpkeep } from "./table-upkeep.ts";
import { openTombstones } from "./tombstones.ts";
import type { UpkeepPolicy } from "./upkeep-policy.ts";
import type { WriterPresence } from "./writer-presence.ts";

/** The table of records that a storage works with, and what works on it. */
export interface BoundTable {
  readonly space: VectorSpace;
  readonly reads: RecordReads;
  readonly writes: RecordWrites;
  /** For the table itself and for its tombstones. */
  readonly upkeep: readonly TableUpkeep[];
  release(): void;
}

/** What binding needs besides the table. */
export interface BindingTools extends TablePlace {
  readonly runtime: Runtime;
  readonly policy: UpkeepPolicy;
  readonly presence: WriterPresence;
}

export async function bindTable(
  tools: BindingTools,
  table: Table,
  space: VectorSpace,
): Promise<BoundTable> {
  const { library, runtime, policy, presence } = tools;
  const tombstones = await openTombstones(tools);
  const schema = recordSchema(library, space);
  const writes = recordWrites(library, table, schema, tombstones, runtime);
  // What a killed process left half done; where it cannot be done now, the next to open the store tries.
  await writes.completeRemovals().catch(() => {});
  return {
    space,
    reads: recordReads(table),
    writes,
    upkeep: [
      tableUpkeep(library, table, space.dimensions, policy, presence),
      // Tombstones are read whole, so nothing of them is indexed.
      tableUpkeep(
        library,
        tombstones.table,
        0,
        {
          ...policy,
          scopeIndexRows: Number.POSITIVE_INFINITY,
          stateIndexRows: Number.POSITIVE_INFINITY,
        },
        presence,
      ),
    ],
    release() {
      table.close();
      tombstones.table.close();
    },
  };
}

/** The table for a space, made if it is not there. */
export async function createRecordTable(place: TablePlace, space: VectorSpace): Promise<Table> {
  const { library } = place;
  return ensureTable(place, {
    name: recordTableName(space),
    schema: recordSchema(library, space),
    prepare: (table) => indexContent(library, table),
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

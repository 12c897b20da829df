import type { Table } from "@lancedb/lancedb";
import type { BindingTools } from "./bound-table.ts";
import { isConflict, isMissingFile } from "./storage-error.ts";
import { commitTable } from "./table-access.ts";
import {
  type IndexedColumn,
  indexesToBuild,
  needsMerging,
  type UpkeepPolicy,
} from "./upkeep-policy.ts";

const mergeAttempts = 3;

/**
 * Keeps one table small and fast: merges fragments, deletes the files of replaced versions, and builds the
 * indexes that its size asks for. It never fails: what it cannot do is told, and left for the next time.
 */
export interface TableUpkeep {
  /** Notes a commit; answers whether it is time to `tidy`. */
  noteCommit(rows: number): boolean;
  /** To be run between writes, because the two get in each other's way. Index builds go on in the background. */
  tidy(): Promise<void>;
  /** The same, and more thorough, for when nobody writes. */
  settle(): Promise<void>;
  /** Whether the table has been merged so often, and nothing is going on, that it should be opened anew. */
  isWorn(): boolean;
  /** Ends the background work and leaves the table tidy. */
  finish(): Promise<void>;
}

type UpkeepTools = Pick<BindingTools, "library" | "presence" | "onUpkeepFailed">;

export function tableUpkeep(
  { library: { lancedb }, presence, onUpkeepFailed }: UpkeepTools,
  table: Table,
  dimensions: number,
  policy: UpkeepPolicy,
): TableUpkeep {
  let commits = 0;
  let rows = 0;
  let merges = 0;
  let building: Promise<void> | undefined;

  // What is left for later while there is more to write.
  const idleBounds = { ...policy, fewestFragments: policy.fewestFragments / 4, unindexedShare: 0 };

  /** Reads and writes are right without it; the next look, or the next to open the store, tries again. */
  function tell(error: unknown): void {
    if (table.isOpen()) onUpkeepFailed(error); // else its records have moved, and nobody needs it
  }

  async function tidy(bounds = policy): Promise<void> {
    commits = 0;
    rows = 0;
    // A merge renumbers the rows that a build is just reading, and the build would be lost.
    if (building !== undefined) return;
    try {
      if (await isUntidy(bounds)) await merge();
      const stats = await table.stats();
      const wanted = indexesToBuild(policy, stats.numRows, dimensions, await table.listIndices());
      if (wanted.length > 0)
        building = build(wanted).finally(() => {
          building = undefined;
        });
    } catch (error) {
      tell(error);
    }
  }

  async function isUntidy(bounds: UpkeepPolicy): Promise<boolean> {
    return needsMerging(bounds, await table.stats(), await table.listIndices());
  }

  async function merge(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        // Lance stamps versions with the machine's clock, so this must be that clock too. And it is read before
        // the look for others: who enters after that look needs nothing that is older.
        const now = Date.now();
        const graceMs = (await presence.isAlone()) ? policy.graceMs : policy.sharedGraceMs;
        await table.optimize({ cleanupOlderThan: new Date(now - graceMs) });
        merges++;
        return;
      } catch (error) {
        if (!(isConflict(error) || isMissingFile(error)) || attempt === mergeAttempts) throw error;
        await table.checkoutLatest();
        if (!(await isUntidy(policy))) return;
      }
    }
  }

  async function build(columns: readonly IndexedColumn[]): Promise<void> {
    const kinds = {
      scope: () => lancedb.Index.btree(),
      private: () => lancedb.Index.bitmap(),
      supersededAt: () => lancedb.Index.btree(),
      expiresAt: () => lancedb.Index.btree(),
      vector: () => lancedb.Index.ivfRq({ distanceType: "cosine", numBits: 4 }),
    };
    try {
      for (const name of columns)
        await commitTable(table, () => table.createIndex(name, { config: kinds[name]() }));
    } catch (error) {
      tell(error);
    }
  }

  return {
    noteCommit(count) {
      commits++;
      rows += count;
      return commits >= policy.commitsPerCheck || rows >= policy.rowsPerCheck;
    },

    tidy: () => tidy(),
    settle: () => tidy(idleBounds),
    isWorn: () => merges >= policy.mostMerges && building === undefined,

    async finish() {
      await building;
      if (commits === 0 && merges === 0) return;
      try {
        // The next to open the store should find it fast.
        if (merges > 0 || (await isUntidy(idleBounds))) await merge();
      } catch (error) {
        tell(error);
      }
    },
  };
}

import type { IndexConfig, TableStatistics } from "@lancedb/lancedb";

/** When a table is tidied and indexed. Exact search of few rows is fast; every commit leaves a fragment. */
export interface UpkeepPolicy {
  /** A look at the table after so many commits or rows of this handle. */
  readonly commitsPerCheck: number;
  readonly rowsPerCheck: number;
  /** After so long without a change what was left for later is done. */
  readonly idleMs: number;
  /** Merging fragments may rewrite the whole table, so a larger one is left with more of them. */
  readonly fewestFragments: number;
  readonly mostFragments: number;
  readonly rowsPerFragment: number;
  /** The share of the rows that may wait to be indexed: a search compares them one by one. */
  readonly unindexedShare: number;
  /** How old a version must be before it is deleted, where no other handle uses the directory. */
  readonly graceMs: number;
  /**
   * The same where others do: longer than any commit takes (Lance tries for 30 s). A commit is checked against
   * the versions since it began, and one that is gone counts as one that never was: rows were doubled and
   * lost when versions were deleted sooner.
   */
  readonly sharedGraceMs: number;
  /** Rows from which on `scope` is indexed. */
  readonly scopeIndexRows: number;
  /** Rows from which on `private`, `supersededAt` and `expiresAt` are, which nearly every read asks for. */
  readonly stateIndexRows: number;
  /** Numbers (rows times dimensions) from which on vectors are indexed. */
  readonly vectorIndexNumbers: number;
  /** Every merge adds a segment to the vector index; beyond so many it is made anew. */
  readonly mostSegments: number;
  /** After so many merges the table is opened anew: until then Lance keeps the indexes of before each merge open. */
  readonly mostMerges: number;
}

export const upkeepPolicy: UpkeepPolicy = {
  commitsPerCheck: 16,
  rowsPerCheck: 1_000,
  idleMs: 1_000,
  fewestFragments: 64,
  mostFragments: 256,
  rowsPerFragment: 400,
  unindexedShare: 1 / 8,
  graceMs: 1_000,
  sharedGraceMs: 120_000,
  scopeIndexRows: 5_000,
  stateIndexRows: 20_000,
  vectorIndexNumbers: 8_000_000,
  mostSegments: 8,
  mostMerges: 32,
};

/** The same for a table that is read whole: nothing of it is indexed. */
export function withoutIndexes(policy: UpkeepPolicy): UpkeepPolicy {
  const never = Number.POSITIVE_INFINITY;
  return {
    ...policy,
    scopeIndexRows: never,
    stateIndexRows: never,
    vectorIndexNumbers: never,
  };
}

/** Whether the table has become slow to read: too many fragments, or too many rows that no index covers. */
export function needsMerging(
  policy: UpkeepPolicy,
  { numRows, fragmentStats }: TableStatistics,
  indices: readonly IndexConfig[],
): boolean {
  const bearable = Math.min(
    policy.mostFragments,
    Math.max(policy.fewestFragments, numRows / policy.rowsPerFragment),
  );
  const unindexed = Math.max(0, ...indices.map(({ numUnindexedRows = 0 }) => numUnindexedRows));
  return (
    fragmentStats.numFragments > bearable ||
    unindexed >= Math.max(policy.rowsPerCheck, numRows * policy.unindexedShare)
  );
}

export type IndexedColumn = "scope" | "private" | "supersededAt" | "expiresAt" | "vector";

/** The columns whose index is to be made, or made anew. */
export function indexesToBuild(
  policy: UpkeepPolicy,
  rows: number,
  dimensions: number,
  indices: readonly IndexConfig[],
): IndexedColumn[] {
  const indexOf = (column: string) => indices.find(({ columns }) => columns.includes(column));
  const fromRows: Record<IndexedColumn, number> = {
    scope: policy.scopeIndexRows,
    private: policy.stateIndexRows,
    supersededAt: policy.stateIndexRows,
    expiresAt: policy.stateIndexRows,
    // LanceDB makes an index of this kind for no other widths.
    vector:
      dimensions % 8 === 0 ? policy.vectorIndexNumbers / dimensions : Number.POSITIVE_INFINITY,
  };
  const isWorn = (indexOf("vector")?.numSegments ?? 1) > policy.mostSegments;
  return (Object.keys(fromRows) as IndexedColumn[]).filter(
    (column) =>
      rows >= fromRows[column] &&
      (indexOf(column) === undefined || (column === "vector" && isWorn)),
  );
}

import { cosine, matchesFilter, type NearestRecord, type RecordFilter } from "@unimem/core/storage";
import { fetchRecords, fetchVectors } from "./fetch-records.ts";
import type { FindRecords } from "./find-records.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { StoreReads } from "./store-reads.ts";

export interface NearestQuery {
  readonly vector: Float32Array;
  readonly filter: RecordFilter;
  readonly limit: number;
}

interface Ranked {
  readonly id: string;
  readonly similarity: number;
}

/**
 * Exact search in this process: reads the vectors of all records that the filter admits, in batches, and keeps
 * the nearest. For servers without the Search module, and for what its query language cannot say.
 */
export async function nearestByClient(
  { reads, keys, find }: { reads: StoreReads; keys: StoreKeys; find: FindRecords },
  { vector, filter, limit }: NearestQuery,
): Promise<NearestRecord[]> {
  let best: Ranked[] = [];
  const cut = () => {
    // Equal ones stay in the order in which they came: newest first.
    best = best.toSorted((a, b) => b.similarity - a.similarity).slice(0, limit);
  };
  for await (const ids of find.idPages(filter, await find.plan(filter))) {
    const vectors = await fetchVectors(reads, keys, ids);
    for (const [i, id] of ids.entries()) {
      const other = vectors[i];
      if (other !== undefined && other.length === vector.length)
        best.push({ id, similarity: cosine(vector, other) });
    }
    if (best.length > 2 * limit + 1_000) cut();
  }
  cut();
  const records = await fetchRecords(
    reads,
    keys,
    best.map(({ id }) => id),
  );
  return best.flatMap(({ similarity }, i) => {
    const record = records[i];
    return record !== undefined && matchesFilter(record, filter) ? [{ record, similarity }] : [];
  });
}

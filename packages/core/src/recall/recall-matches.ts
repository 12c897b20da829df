import type { RecordFilter } from "../domain/record-filter.ts";
import type { ScoreWeights } from "../domain/score.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { findCandidates } from "./find-candidates.ts";
import { type MemoryMatch, rankMatches } from "./rank-matches.ts";

export interface RecallQuery {
  readonly text: string;
  readonly filter: RecordFilter;
  readonly limit: number;
}

export interface RecallTools {
  readonly storage: Pick<StorageBackend, "nearest" | "matching">;
  readonly embed: (texts: readonly string[]) => Promise<Float32Array[]>;
  readonly now: () => Date;
  readonly weights: ScoreWeights;
  readonly oversampleFactor: number;
}

/** Recall with one search: embed → search by vector and by text → score → rank. */
export async function recallMatches(
  { text, filter, limit }: RecallQuery,
  { storage, embed, now, weights, oversampleFactor }: RecallTools,
): Promise<MemoryMatch[]> {
  const [vector] = (await embed([text])) as [Float32Array];
  const candidates = await findCandidates(storage, {
    text,
    vector,
    filter,
    limit: Math.ceil(limit * oversampleFactor),
    hybrid: weights.lexicalWeight > 0,
  });
  return rankMatches(candidates, weights, now()).slice(0, limit);
}

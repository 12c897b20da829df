import type { RecordFilter } from "../domain/record-filter.ts";
import type { ScoreWeights } from "../domain/score.ts";
import { mergeCandidates } from "./merge-candidates.ts";
import { type MemoryMatch, rankMatches } from "./rank-matches.ts";
import { embedQuestions, type SearchTools, searchQuestions } from "./search-questions.ts";

export interface RecallQuery {
  readonly text: string;
  readonly filter: RecordFilter;
  readonly limit: number;
}

export interface RecallTools extends SearchTools {
  readonly embed: (texts: readonly string[]) => Promise<Float32Array[]>;
  readonly now: Date;
  readonly weights: ScoreWeights;
}

/** Recall with one search: embed → search by vector and by text → score → rank. */
export async function recallMatches(
  { text, filter, limit }: RecallQuery,
  { embed, now, weights, ...search }: RecallTools,
): Promise<MemoryMatch[]> {
  const questions = await embedQuestions([text], embed);
  const found = await searchQuestions(questions, filter, search);
  return rankMatches(mergeCandidates(found), weights, now).slice(0, limit);
}

import { type MemoryRecord, newestFirst } from "../domain/memory-record.ts";
import {
  type MatchReason,
  recencyDecay,
  type ScoreExplanation,
  type ScoreWeights,
  similarityFromCosine,
} from "../domain/score.ts";
import type { Candidate } from "./find-candidates.ts";

/** A record that recall found, and why it ranks where it does. */
export interface MemoryMatch {
  readonly record: MemoryRecord;
  /** What the matches are sorted by; 0..1 with weights that add up to 1. */
  readonly score: number;
  /**
   * From the cosine between query and record, in 0.2..1; see `similarityFromCosine`. Of a deep recall, with the
   * nearest of the questions that found the record.
   */
  readonly similarity: number;
  readonly matchReasons: readonly MatchReason[];
  /** The parts that add up to `score`. */
  readonly explanation: ScoreExplanation;
  /** What a deep recall looked for and did not find; only on the first match. */
  readonly evidenceGaps: readonly string[];
}

/** Scores candidates and sorts them: by score, then newer first, then by id. */
export function rankMatches(
  candidates: readonly Candidate[],
  weights: ScoreWeights,
  now: Date,
): MemoryMatch[] {
  return candidates
    .map((candidate) => scoreCandidate(candidate, weights, now))
    .sort((a, b) => b.score - a.score || newestFirst(a.record, b.record));
}

function scoreCandidate(
  { record, cosine, wordMatch }: Candidate,
  weights: ScoreWeights,
  now: Date,
): MemoryMatch {
  const { semanticWeight, recencyWeight, importanceWeight } = weights;
  // Where the text search found nothing, or there is none, the whole semantic part is the vectors'.
  const lexicalWeight = wordMatch === undefined ? 0 : weights.lexicalWeight;
  const similarity = similarityFromCosine(cosine);
  const decay = recencyDecay(record.createdAt, now, weights.recencyHalfLifeDays);
  const explanation = {
    semantic: semanticWeight * (1 - lexicalWeight) * similarity,
    lexical: semanticWeight * lexicalWeight * (wordMatch ?? 0),
    recency: recencyWeight * decay,
    importance: importanceWeight * record.importance,
  };
  const matchReasons: MatchReason[] = ["semantic"];
  if (explanation.lexical > 0) matchReasons.push("lexical");
  if (decay > 0.5) matchReasons.push("recency");
  if (record.importance > 0.5) matchReasons.push("importance");
  const score =
    explanation.semantic + explanation.lexical + explanation.recency + explanation.importance;
  return { record, score, similarity, matchReasons, explanation, evidenceGaps: [] };
}

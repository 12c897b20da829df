export interface ScoreWeights {
  readonly semanticWeight: number;
  readonly recencyWeight: number;
  readonly importanceWeight: number;
  /** The share of the semantic part that shared words decide, where the storage finds some. */
  readonly lexicalWeight: number;
  /** The age in days at which the recency part has halved. */
  readonly recencyHalfLifeDays: number;
}

/** The parts of a score; they add up to it. */
export interface ScoreExplanation {
  readonly semantic: number;
  readonly lexical: number;
  readonly recency: number;
  readonly importance: number;
}

export type MatchReason = "semantic" | "lexical" | "recency" | "importance";

const dayMs = 24 * 60 * 60 * 1000;

/**
 * A cosine as a similarity in 0.2..1: `1 / (1 + d)` for the squared Euclidean distance between unit vectors,
 * `d = 2 − 2·cos`. The formula of CrewAI's unified memory over LanceDB's L2 distance, so that scores compare.
 */
export function similarityFromCosine(cosine: number): number {
  return 1 / (1 + 2 - 2 * Math.min(1, cosine));
}

/** `0.5^(age / halfLife)`: 1 for something new (or dated in the future), 0.5 after one half-life. */
export function recencyDecay(createdAt: Date, now: Date, halfLifeDays: number): number {
  const ageDays = Math.max(0, now.getTime() - createdAt.getTime()) / dayMs;
  return 0.5 ** (ageDays / halfLifeDays);
}

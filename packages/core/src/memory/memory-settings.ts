import { invalidInput } from "../domain/memory-error.ts";
import { parseFraction, parseLimit, parseNatural, parsePositive } from "../domain/parse-options.ts";
import { parseTimeZone } from "../domain/time-zone.ts";

/** The rules by which a memory saves and recalls. All have defaults. */
export interface MemorySettings {
  /** The share of similarity in a score, 0..1. @default 0.5 */
  readonly semanticWeight: number;
  /** The share of recency in a score, 0..1. @default 0.3 */
  readonly recencyWeight: number;
  /** The share of importance in a score, 0..1. @default 0.2 */
  readonly importanceWeight: number;
  /** How much of the semantic share goes to shared words, 0..1; 0 = vectors alone. @default 0.4 */
  readonly lexicalWeight: number;
  /** The age in days at which the recency part has halved. @default 30 */
  readonly recencyHalfLifeDays: number;
  /** The importance of what is remembered without one, 0..1. @default 0.5 */
  readonly defaultImportance: number;
  /** From this cosine on, the later of two contents of one `rememberMany` is dropped, 0..1. @default 0.98 */
  readonly batchDedupThreshold: number;
  /**
   * From this similarity on (see `similarityFromCosine`; 0.85 is a cosine of 0.91) a model is asked whether a
   * new memory repeats, changes or replaces an old one, 0..1. @default 0.85
   */
  readonly consolidationThreshold: number;
  /** The most old memories that a new one is compared with. @default 5 */
  readonly consolidationLimit: number;
  /** The most new memories that a model is asked about in one call. @default 8 */
  readonly analysisBatchSize: number;
  /** Candidates a search fetches per match asked for, 1 or more. @default 2 */
  readonly recallOversampleFactor: number;
  /** A deep recall has a model analyse queries of at least this many characters; 0 = all. @default 200 */
  readonly queryAnalysisThreshold: number;
  /** From this score of the best match on, 0..1, a deep recall is content. @default 0.8 */
  readonly confidenceThresholdHigh: number;
  /** Below this score of the best match, 0..1, a deep recall explores. @default 0.5 */
  readonly confidenceThresholdLow: number;
  /** Below this score of the best match, 0..1, it explores what an analysis calls complex. @default 0.7 */
  readonly complexQueryThreshold: number;
  /** How often a deep recall may ask a model what is still missing, and search for it; 0 = never. @default 1 */
  readonly explorationBudget: number;
  /** The IANA name of the time zone in which "yesterday" is meant. @default "UTC" */
  readonly timeZone: string;
  /** The most contents that may wait to be saved. @default 10000 */
  readonly queueLimit: number;
  /** How long the embedder may take for one request, in milliseconds. @default 30000 */
  readonly embedderTimeoutMs: number;
  /** How long the model may take for one call, in milliseconds. @default 30000 */
  readonly modelTimeoutMs: number;
}

/** What holds where nothing is said. */
export const defaultSettings: MemorySettings = {
  semanticWeight: 0.5,
  recencyWeight: 0.3,
  importanceWeight: 0.2,
  lexicalWeight: 0.4,
  recencyHalfLifeDays: 30,
  defaultImportance: 0.5,
  batchDedupThreshold: 0.98,
  consolidationThreshold: 0.85,
  consolidationLimit: 5,
  analysisBatchSize: 8,
  recallOversampleFactor: 2,
  queryAnalysisThreshold: 200,
  confidenceThresholdHigh: 0.8,
  confidenceThresholdLow: 0.5,
  complexQueryThreshold: 0.7,
  explorationBudget: 1,
  timeZone: "UTC",
  queueLimit: 10_000,
  embedderTimeoutMs: 30_000,
  modelTimeoutMs: 30_000,
};

/** One for each setting. */
export const settingParsers = {
  semanticWeight: parseFraction,
  recencyWeight: parseFraction,
  importanceWeight: parseFraction,
  lexicalWeight: parseFraction,
  recencyHalfLifeDays: parsePositive,
  defaultImportance: parseFraction,
  batchDedupThreshold: parseFraction,
  consolidationThreshold: parseFraction,
  consolidationLimit: atMost(100),
  analysisBatchSize: atMost(100),
  recallOversampleFactor: parseFactor,
  queryAnalysisThreshold: parseNatural,
  confidenceThresholdHigh: parseFraction,
  confidenceThresholdLow: parseFraction,
  complexQueryThreshold: parseFraction,
  explorationBudget: parseNatural,
  timeZone: parseTimeZone,
  queueLimit: atMost(Number.MAX_SAFE_INTEGER),
  embedderTimeoutMs: parsePositive,
  modelTimeoutMs: parsePositive,
};

function atMost(most: number) {
  return (value: unknown, field: string) => parseLimit(value, field, most);
}

function parseFactor(value: unknown, field: string): number {
  const factor = parsePositive(value, field);
  if (factor < 1) throw invalidInput(field, `${field} must be 1 or more.`);
  return factor;
}

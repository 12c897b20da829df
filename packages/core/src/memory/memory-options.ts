import type { Cache } from "../cache/cache.ts";
import { invalidInput } from "../domain/memory-error.ts";
import {
  parseBoolean,
  parseFraction,
  parseLimit,
  parseNatural,
  parseOptions,
  parsePositive,
} from "../domain/parse-options.ts";
import { type Runtime, systemRuntime } from "../domain/runtime.ts";
import { parseScope, rootScope, type Scope } from "../domain/scope.ts";
import { parseTimeZone } from "../domain/time-zone.ts";
import type { Embedder } from "../embed/embedder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";

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

/** What a memory may touch. */
export interface MemoryBounds {
  /**
   * Nothing outside of this scope is seen or changed, and every path is relative to it. @default "/"
   */
  readonly rootScope?: string | undefined;
  /** Every verb that writes rejects with `READ_ONLY`, and recalling notes no access. @default false */
  readonly readOnly?: boolean | undefined;
}

/** The parts that a memory is put together from. A function is called on first use. */
export interface MemoryParts {
  readonly storage: StorageBackend | (() => Promise<StorageBackend>);
  readonly embedder: Embedder | (() => Promise<Embedder>);
  /** `false`: no language model; what a caller leaves out gets its default. @default false */
  readonly llm?: LanguageModel | (() => Promise<LanguageModel>) | false | undefined;
  /** Keeps embeddings, so that equal texts are embedded once. @default none */
  readonly embeddingCache?: Cache | undefined;
  /** Time, ids and timers. @default the machine's */
  readonly runtime?: Runtime | undefined;
}

export type MemoryOptions = MemoryParts &
  MemoryBounds & {
    readonly [Key in keyof MemorySettings]?: MemorySettings[Key] | undefined;
  };

const defaults: MemorySettings = {
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

const parsers = {
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

export interface ParsedMemoryOptions {
  readonly settings: MemorySettings;
  readonly openStorage: () => Promise<StorageBackend>;
  readonly openEmbedder: () => Promise<Embedder>;
  /** `undefined` where there is no language model. */
  readonly openModel: (() => Promise<LanguageModel>) | undefined;
  readonly embeddingCache: Cache | undefined;
  readonly runtime: Runtime;
  readonly root: Scope;
  readonly readOnly: boolean;
}

/** Throws `INVALID_INPUT` for what can be seen to be wrong without opening anything. */
export function parseMemoryOptions(options: MemoryOptions): ParsedMemoryOptions {
  const {
    storage,
    embedder,
    llm,
    embeddingCache,
    runtime = systemRuntime,
    rootScope: root = rootScope,
    readOnly = false,
    ...settings
  } = parseOptions(options, { ...parsers, ...partParsers }, "options");
  if (storage === undefined) throw invalidInput("storage", "storage is missing.");
  if (embedder === undefined) throw invalidInput("embedder", "embedder is missing.");
  return {
    settings: { ...defaults, ...settings },
    openStorage: storage,
    openEmbedder: embedder,
    openModel: llm || undefined,
    embeddingCache,
    runtime,
    root,
    readOnly,
  };
}

const partParsers = {
  storage: parseOpener<StorageBackend>("open"),
  embedder: parseOpener<Embedder>("embed"),
  llm: parseModel,
  embeddingCache: parseCache,
  runtime: (value: unknown) => value as Runtime,
  rootScope: parseScope,
  readOnly: parseBoolean,
};

/** For a part that may be given as an object with a method `verb`, or as a function that makes one. */
function parseOpener<Part>(verb: string) {
  return (part: unknown, field: string): (() => Promise<Part>) => {
    if (typeof part === "function") return part as () => Promise<Part>;
    if (typeof (part as Record<string, unknown> | null)?.[verb] === "function")
      return async () => part as Part;
    throw invalidInput(
      field,
      `${field} must be an object with a method ${verb}(), or a function that makes one.`,
    );
  };
}

function parseModel(value: unknown, field: string): (() => Promise<LanguageModel>) | false {
  return value === false ? false : parseOpener<LanguageModel>("generate")(value, field);
}

function parseCache(value: unknown, field: string): Cache {
  if (typeof (value as Cache | null)?.getMany !== "function")
    throw invalidInput(field, `${field} must be a cache, such as memoryCache().`);
  return value as Cache;
}

function atMost(most: number) {
  return (value: unknown, field: string) => parseLimit(value, field, most);
}

function parseFactor(value: unknown, field: string): number {
  const factor = parsePositive(value, field);
  if (factor < 1) throw invalidInput(field, `${field} must be 1 or more.`);
  return factor;
}

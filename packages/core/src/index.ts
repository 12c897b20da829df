export type { Cache, CacheOptions } from "./cache/cache.ts";
export { type MemoryCacheOptions, memoryCache } from "./cache/memory-cache.ts";
export { estimateTokens, firstTokens } from "./domain/estimate-tokens.ts";
export { inertJson, inertText } from "./domain/inert-text.ts";
export {
  invalidInput,
  isMemoryError,
  MemoryError,
  type MemoryErrorCode,
  type MemoryErrorDetails,
  memoryErrorCodes,
} from "./domain/memory-error.ts";
export type { MemoryRecord } from "./domain/memory-record.ts";
export type { JsonValue, Metadata } from "./domain/metadata.ts";
export type {
  MetadataCondition,
  MetadataFilter,
  MetadataOperators,
} from "./domain/metadata-condition.ts";
export { type Runtime, systemRuntime } from "./domain/runtime.ts";
export {
  covers,
  joinScopes,
  parseScope,
  relativeScope,
  type Scope,
  sanitizeScopeName,
} from "./domain/scope.ts";
export {
  type MatchReason,
  recencyDecay,
  type ScoreExplanation,
  type ScoreWeights,
  similarityFromCosine,
} from "./domain/score.ts";
export { unitVector } from "./domain/vector.ts";
export type { Embedder, Embeddings } from "./embed/embedder.ts";
export { type LexicalEmbedderOptions, lexicalEmbedder } from "./embed/lexical-embedder.ts";
export { Memory } from "./memory/memory.ts";
export type {
  MemoryEventName,
  MemoryEvents,
  MemoryListener,
  ModelStep,
  UpkeepTask,
} from "./memory/memory-events.ts";
export type { MemoryBounds, MemoryOptions, MemoryParts } from "./memory/memory-options.ts";
export type { MemoryScope, ScopeOptions } from "./memory/memory-scope.ts";
export type { MemorySettings } from "./memory/memory-settings.ts";
export type { MemorySlice, SliceOptions } from "./memory/memory-slice.ts";
export type {
  CountOptions,
  ForgetFilter,
  ListOptions,
  ReadOptions,
  RecallOptions,
  SelectOptions,
  TreeOptions,
} from "./memory/read-options.ts";
export type { ScopeInfo } from "./memory/scope-tree.ts";
export type { Usage } from "./memory/usage-meter.ts";
export type {
  LanguageModel,
  ModelAnswer,
  ModelRequest,
  ModelUsage,
} from "./model/language-model.ts";
export { type FormatOptions, formatMatches } from "./recall/format-matches.ts";
export { fitLines, memoryBlock } from "./recall/memory-block.ts";
export type { MemoryMatch } from "./recall/rank-matches.ts";
export type { MergedDraft } from "./save/commit-saves.ts";
export type { MemoryInput, RememberOptions } from "./save/draft.ts";
export type { DroppedDraft } from "./save/drop-repeats.ts";
export type { RemovalOptions, RemovalProgress } from "./save/forget-records.ts";
export type { ReembedOptions, ReembedProgress } from "./save/reembed-records.ts";
export type { RecordPatch } from "./save/update-record.ts";
export { checkedStorage } from "./storage/checked-storage.ts";
export { inMemoryStorage } from "./storage/in-memory-storage.ts";
export type { StorageBackend } from "./storage/storage-backend.ts";

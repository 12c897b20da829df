/** What an author of a storage needs: the contract, the domain it speaks of, and nothing of `Memory`. */
export type { Cache, CacheOptions } from "./cache/cache.ts";
export { cacheText } from "./cache/cache-text.ts";
export {
  invalidInput,
  isMemoryError,
  MemoryError,
  type MemoryErrorCode,
} from "./domain/memory-error.ts";
export {
  type MemoryRecord,
  newestFirst,
  type StoredRecord,
  withoutVector,
} from "./domain/memory-record.ts";
export { canonicalJson, type JsonValue, type Metadata } from "./domain/metadata.ts";
export { type MetadataOperators, meetsCondition } from "./domain/metadata-condition.ts";
export { type Parsed, parseBoolean, parseOptions } from "./domain/parse-options.ts";
export { matchesFilter, type RecordFilter, type Visibility } from "./domain/record-filter.ts";
export { type Runtime, systemRuntime } from "./domain/runtime.ts";
export { covers, parseScope, rootScope, type Scope, scopeSegments } from "./domain/scope.ts";
export { cosine, isUnit, unitVector } from "./domain/vector.ts";
export { checkedStorage } from "./storage/checked-storage.ts";
export { HandleLife, type TellFailure } from "./storage/handle-life.ts";
export { inMemoryStorage } from "./storage/in-memory-storage.ts";
export type {
  MatchingRecord,
  NearestRecord,
  NewVector,
  PendingRecord,
  PendingRecords,
  Reembedding,
  ScopeSummary,
  StorageBackend,
  StorageSupport,
  VectorSpace,
  WriteBatch,
} from "./storage/storage-backend.ts";
export { checkVectorSpace, isSameSpace, spaceMissing } from "./storage/vector-space.ts";

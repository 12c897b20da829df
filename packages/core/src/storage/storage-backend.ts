import type { MemoryRecord, StoredRecord } from "../domain/memory-record.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import type { Scope } from "../domain/scope.ts";

/** The space that all vectors of a store share. Vectors of different spaces cannot be compared. */
export interface VectorSpace {
  readonly dimensions: number;
  /** The id of the embedder that made them. */
  readonly embedder: string;
}

/** What a storage can do. Core asks these, never which storage it has. */
export interface StorageSupport {
  /** What a resolved write survives: nothing, the end of the process, or a loss of power. */
  readonly durability: "none" | "process" | "host";
  /** Whether several handles, in one process or in many, may use one store at once. */
  readonly sharedAccess: boolean;
  /** Whether a batch is written as a whole or not at all, also when the process is killed. */
  readonly atomicBatch: boolean;
  /** Whether `nearest` is exact at every size. Otherwise it may miss records once an index is in use. */
  readonly exactSearch: boolean;
  /** Whether `matching` is there. */
  readonly textSearch: boolean;
}

/** Ids are distinct over `put` and `remove` together; a batch is never empty. */
export interface WriteBatch {
  readonly put: readonly StoredRecord[];
  readonly remove: readonly string[];
}

export interface NearestRecord {
  readonly record: MemoryRecord;
  /** Cosine between the query and the record's vector, in -1..1, within 1e-5. */
  readonly similarity: number;
}

export interface MatchingRecord {
  readonly record: MemoryRecord;
  readonly vector: Float32Array;
  /** How well the text fits, > 0. Comparable only within one answer: its scale is the storage's own. */
  readonly relevance: number;
}

/** What a storage knows of the records that lie in exactly one scope, not below it. */
export interface ScopeSummary {
  readonly scope: Scope;
  readonly count: number;
  readonly oldest: Date;
  readonly newest: Date;
}

/** A record whose vector in the new space is missing, or is that of an earlier revision. */
export interface PendingRecord {
  readonly id: string;
  readonly revision: number;
  readonly content: string;
}

export interface PendingRecords {
  readonly records: readonly PendingRecord[];
  /** How many are pending in all, with `records` among them. */
  readonly remaining: number;
  /** How many records the store holds, pending or not. */
  readonly total: number;
}

/** The vector that one revision of a record has in the new space. */
export interface NewVector {
  readonly id: string;
  readonly revision: number;
  readonly vector: Float32Array;
}

/**
 * A store on its way into another vector space. Until `finish` has switched it, reads and writes go on in the
 * old space, through every handle. What was written here is kept with the store: a process that was killed is
 * followed by one that begins where it ended. Where another handle has meanwhile finished the same, nothing is
 * pending and `finish` answers `true`; where one has taken the store to a third space, every method rejects with
 * `DIMENSION_MISMATCH` or `EMBEDDER_MISMATCH`.
 */
export interface Reembedding {
  /** At most `limit` of the records that are pending: of every scope, source and state, expired ones too. */
  pending(limit: number): Promise<PendingRecords>;

  /** Keeps vectors beside the records. Each counts as long as its record is at that revision. */
  write(vectors: readonly NewVector[]): Promise<void>;

  /**
   * Switches the store to the new space: afterwards all records are what they were but for their vectors, and
   * this handle is open for that space. Answers `false`, and changes nothing that a reader could see, where
   * records are pending or another handle wrote at that very moment; ask for what is pending and try again.
   *
   * A write of another handle that has resolved before the switch is in the new space; one that has not is
   * rejected. Afterwards handles that were opened for the old space reject every call as `open` would.
   */
  finish(): Promise<boolean>;
}

/**
 * Where records live. Adapters retrieve, core decides and scores: an adapter holds no rule of its own about
 * privacy, scopes or ranking beyond answering a filter exactly, before `limit` is applied. What a backend
 * cannot filter itself the adapter filters exactly, or refuses; it never drops a condition.
 *
 * - A resolved write is visible to every later read, through every handle where access is shared.
 * - Of two writes of one id the higher revision stands; an equal one changes nothing.
 * - A removed id stays removed: a later write of it is ignored, for at least a week. `write` removes ids that it
 *   never saw as well, because the write of them may still be on its way.
 * - Every method rejects with a `MemoryError`: `CLOSED` after `close()`, `STORAGE_UNAVAILABLE` where the
 *   backend fails, with its own error as `cause`.
 *
 * `@unimem/conformance` tests all of it.
 */
export interface StorageBackend {
  readonly name: string;
  readonly supports: StorageSupport;

  /**
   * Makes the store ready; called before anything else. Answers with the space of what is stored, or `null`
   * while nothing is. A store with records of another space than `expected` rejects with
   * `DIMENSION_MISMATCH` or `EMBEDDER_MISMATCH`; an empty one takes on `expected`. Without `expected` a
   * store can be read and emptied; a new one cannot be written to (`INVALID_INPUT`). May be called again: after
   * a rejection, and with `expected` after a call without.
   */
  open(expected?: VectorSpace): Promise<VectorSpace | null>;

  write(batch: WriteBatch): Promise<void>;

  /** One answer per id, in the order of `ids`: `undefined` where there is none or `filter` excludes it. */
  get(ids: readonly string[], filter?: RecordFilter): Promise<(StoredRecord | undefined)[]>;

  /** The nearest first; `limit` of them whenever so many match the filter. */
  nearest(query: {
    vector: Float32Array;
    filter: RecordFilter;
    limit: number;
  }): Promise<NearestRecord[]>;

  /** The most relevant first: records that share words with `text`, which may be anything a person types. */
  matching?(query: {
    text: string;
    filter: RecordFilter;
    limit: number;
  }): Promise<MatchingRecord[]>;

  /** Newest first over all that match, then by id (see `newestFirst`); `offset` skips that many. */
  list(query: { filter: RecordFilter; limit: number; offset: number }): Promise<MemoryRecord[]>;

  count(filter: RecordFilter): Promise<number>;

  /** One summary for each scope that holds a matching record itself, in no particular order. */
  scopes(filter: RecordFilter): Promise<ScopeSummary[]>;

  /** How many matching records have each category. */
  categories(filter: RecordFilter): Promise<Map<string, number>>;

  /**
   * Removes what matches and answers how many that were. One that does so in several batches calls `onProgress` after
   * each with how many it has removed so far.
   */
  remove(filter: RecordFilter, onProgress?: (removed: number) => void): Promise<number>;

  /** Moves `lastAccessed` forward to `at`, never back, and changes nothing else. Unknown ids are ignored. */
  touch(ids: readonly string[], at: Date): Promise<void>;

  /**
   * Begins to give every record a vector in another space, or goes on with it; see `Reembedding`. The handle may
   * be open for any space or none. A store in that space, or an empty one, has nothing pending.
   */
  reembed?(space: VectorSpace): Promise<Reembedding>;

  /**
   * From now on `listener` is told of each failure of work that the storage does by itself, such as merging files,
   * and that fails no call; not of what other writers only put off. Every listener is told, and none throws.
   */
  onUpkeepFailed?(listener: (error: unknown) => void): void;

  /** Ends the use of this handle. May be called twice. */
  close(): Promise<void>;
}

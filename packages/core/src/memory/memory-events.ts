import type { MemoryErrorCode } from "../domain/memory-error.ts";
import type { MergedDraft } from "../save/commit-saves.ts";
import type { DroppedDraft } from "../save/drop-repeats.ts";
import type { Usage } from "./usage-meter.ts";

/**
 * What a memory tells its listeners. Events carry ids, counts, codes and durations, never content, scopes,
 * metadata or queries. `operation` counts the calls of one memory, and is the same in all events of a call.
 */
export interface MemoryEvents {
  /** A save was accepted. */
  "save.started": { readonly operation: number; readonly drafts: number };
  /**
   * A save is stored. `dropped` says which of the given contents were left out, and why; `merged` which of
   * them an earlier record holds; `replaced` which records are no longer current because of it.
   */
  "save.completed": {
    readonly operation: number;
    readonly records: readonly string[];
    readonly dropped: readonly DroppedDraft[];
    readonly merged: readonly MergedDraft[];
    readonly replaced: readonly string[];
    readonly usage: Usage;
    readonly durationMs: number;
  };
  /**
   * A save was refused or failed. Nothing of it is stored but `stored`: with a model, what was asked about
   * earlier is written earlier. Whether the rest is stored is unknown where the code is `WRITE_UNKNOWN`, or
   * `ABORTED` after the write had begun.
   */
  "save.failed": {
    readonly operation: number;
    readonly drafts: number;
    readonly stored: readonly string[];
    readonly code: MemoryErrorCode;
    readonly message: string;
    readonly usage: Usage;
    readonly durationMs: number;
  };
  "query.started": {
    readonly operation: number;
    readonly depth: "deep" | "shallow";
    readonly limit: number;
  };
  "query.completed": {
    readonly operation: number;
    readonly matches: number;
    /** How much a deep recall looked for and did not find. */
    readonly evidenceGaps: number;
    readonly usage: Usage;
    readonly durationMs: number;
  };
  "query.failed": {
    readonly operation: number;
    readonly code: MemoryErrorCode;
    readonly message: string;
    readonly usage: Usage;
    readonly durationMs: number;
  };
  /**
   * A step went on without the model, because it failed, was silent, or gave no usable answer; `"explore"` also
   * because the embedder failed for the questions of the model.
   */
  "model.fallback": {
    readonly operations: readonly number[];
    readonly step: ModelStep;
    readonly code: MemoryErrorCode;
    readonly message: string;
  };
  /**
   * Work that no call waits for, or goes on without, has failed; so no call tells of it. Nothing that was saved is
   * lost. `"expiry"`: what has expired is hidden and not yet removed, which is tried again after an hour.
   * `"accesses"`: some records were recalled and `lastAccessed` does not say so. `"cache"`: texts were embedded
   * anew, or will be. `"storage"`: what the storage does by itself to stay small and fast.
   */
  "upkeep.failed": {
    readonly task: UpkeepTask;
    readonly code: MemoryErrorCode;
    readonly message: string;
  };
  /**
   * A provider has answered; a call that fails tells of no tokens, though it may have cost some. `step` is `"embed"` or
   * the name of what the model was asked.
   */
  usage: {
    readonly operations: readonly number[];
    readonly step: string;
    /** The id of the embedder or of the model. */
    readonly provider: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly durationMs: number;
  };
}

/** What a memory asks a model for. */
export type ModelStep = "save" | "extract" | "analyse" | "explore";

/** What a memory does beside its calls. */
export type UpkeepTask = "expiry" | "accesses" | "cache" | "storage";

export type MemoryEventName = keyof MemoryEvents;
export type MemoryListener<Name extends MemoryEventName> = (event: MemoryEvents[Name]) => void;

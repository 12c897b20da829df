import type { MemoryErrorCode } from "../domain/memory-error.ts";
import type { DroppedDraft } from "../save/drop-repeats.ts";

/**
 * What a memory tells its listeners. Events carry ids, counts, codes and durations, never content, scopes,
 * metadata or queries. `operation` counts the calls of one memory, and is the same in all events of a call.
 */
export interface MemoryEvents {
  /** A save was accepted. */
  "save.started": { readonly operation: number; readonly drafts: number };
  /** A save is stored. `dropped` says which of the given contents were left out, and why. */
  "save.completed": {
    readonly operation: number;
    readonly records: readonly string[];
    readonly dropped: readonly DroppedDraft[];
    readonly durationMs: number;
  };
  /** A save was refused or failed: nothing of it is stored, unless the code is `WRITE_UNKNOWN`, or
   * `ABORTED` after the write had begun. */
  "save.failed": {
    readonly operation: number;
    readonly drafts: number;
    readonly code: MemoryErrorCode;
    readonly message: string;
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
    readonly durationMs: number;
  };
  "query.failed": {
    readonly operation: number;
    readonly code: MemoryErrorCode;
    readonly message: string;
    readonly durationMs: number;
  };
}

export type MemoryEventName = keyof MemoryEvents;
export type MemoryListener<Name extends MemoryEventName> = (event: MemoryEvents[Name]) => void;

import {
  isMemoryError,
  type RecallOptions,
  type RememberOptions,
  type Runtime,
  systemRuntime,
} from "@unimem/core";
import { atLeast } from "./turn-options.ts";

export interface MemoryToolOptions {
  /** What is recalled for each query; the model's own limit and scope only narrow it. @default { limit: 10 } */
  readonly recall?: Omit<RecallOptions, "signal"> | undefined;
  /** How facts are stored: source, privacy, scope and the like are the application's to say. */
  readonly remember?: Omit<RememberOptions, "signal"> | undefined;
  /** The most tokens that the memories of one result may have. @default 2000 */
  readonly maxTokens?: number | undefined;
  /** How long a tool may take, in milliseconds; then the model is told to go on without. @default 10000 */
  readonly timeoutMs?: number | undefined;
  /** Time and timers. @default the machine's */
  readonly runtime?: Runtime | undefined;
}

export interface ToolSettings {
  readonly recall: Omit<RecallOptions, "signal">;
  readonly remember: Omit<RememberOptions, "signal">;
  readonly maxTokens: number;
  readonly timeoutMs: number;
  readonly runtime: Runtime;
}

/** Throws `INVALID_INPUT`. */
export function parseToolOptions(options: MemoryToolOptions): ToolSettings {
  return {
    recall: { ...options.recall },
    remember: { ...options.remember },
    maxTokens: atLeast(options.maxTokens ?? 2000, 200, "maxTokens"),
    timeoutMs: atLeast(options.timeoutMs ?? 10_000, 1, "timeoutMs"),
    runtime: options.runtime ?? systemRuntime,
  };
}

/** What a model is told of a failure: what it can mend, and of the rest that there is nothing to be had. */
export function failureNote(error: unknown): string {
  if (isMemoryError(error, "INVALID_INPUT")) return error.message;
  return "The memory cannot be used right now. Go on without it.";
}

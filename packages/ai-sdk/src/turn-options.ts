import {
  invalidInput,
  type RecallOptions,
  type RememberOptions,
  type Runtime,
  systemRuntime,
} from "@unimem/core";
import type { KeepingEvent, RetrievalEvent } from "./turn-events.ts";

/** How a memory takes part in the turns of an agent. */
export interface TurnOptions {
  /** What is recalled before an answer. @default { limit: 10, depth: "shallow" }, as it delays the answer */
  readonly recall?: Omit<RecallOptions, "signal"> | undefined;
  /**
   * How things are stored after an answer: source, privacy, scope and the like are the application's to say.
   * `false`: nothing is stored.
   */
  readonly remember?: Omit<RememberOptions, "signal"> | false | undefined;
  /** The most tokens that the block of memories may have. @default 1000 */
  readonly maxTokens?: number | undefined;
  /** How long recall may delay an answer, in milliseconds; then it is given without memories. @default 2000 */
  readonly recallTimeoutMs?: number | undefined;
  /** Hears, with content, what was recalled for each task. */
  readonly onRetrieval?: ((event: RetrievalEvent) => void) | undefined;
  /** Hears, with content, what was stored after each task, and what storing failed with. */
  readonly onKeeping?: ((event: KeepingEvent) => void) | undefined;
  /** Time, ids and timers. @default the machine's */
  readonly runtime?: Runtime | undefined;
}

export interface TurnSettings {
  readonly recall: Omit<RecallOptions, "signal">;
  readonly remember: Omit<RememberOptions, "signal"> | false;
  readonly maxTokens: number;
  readonly recallTimeoutMs: number;
  readonly onRetrieval: ((event: RetrievalEvent) => void) | undefined;
  readonly onKeeping: ((event: KeepingEvent) => void) | undefined;
  readonly runtime: Runtime;
}

/** Throws `INVALID_INPUT`. What `recall` and `remember` say is checked by the memory itself. */
export function parseTurnOptions(options: TurnOptions): TurnSettings {
  return {
    recall: { limit: 10, depth: "shallow", ...options.recall },
    remember: options.remember ?? {},
    maxTokens: atLeast(options.maxTokens ?? 1000, 100, "maxTokens"),
    recallTimeoutMs: atLeast(options.recallTimeoutMs ?? 2000, 1, "recallTimeoutMs"),
    onRetrieval: options.onRetrieval,
    onKeeping: options.onKeeping,
    runtime: options.runtime ?? systemRuntime,
  };
}

/** A finite number that is not smaller than `least`. */
export function atLeast(value: number, least: number, field: string): number {
  if (typeof value !== "number" || !(value >= least && value < Number.POSITIVE_INFINITY))
    throw invalidInput(field, `${field} must be a finite number, ${least} or more.`);
  return value;
}

import { asMemoryError, MemoryError } from "../domain/memory-error.ts";
import type { Ask, ModelQuestion } from "../model/ask-model.ts";

/** The steps of a deep recall that ask a model. */
export type RecallStep = "analyse" | "explore";

export interface ModelTools {
  readonly ask: Ask;
  readonly signal: AbortSignal | undefined;
  /** Told of every step that goes on without the model's answer, or without embedding what it asked for, and why. */
  readonly onFallback: (step: RecallStep, error: MemoryError) => void;
}

/**
 * What `check` makes of a model's answer; `undefined`, and `onFallback` is told, where it makes nothing of it
 * or there is none, for whatever reason: what recall can do without a model it does. Only an abort rejects.
 */
export async function askChecked<Checked>(
  step: RecallStep,
  question: ModelQuestion,
  check: (answer: unknown) => Checked | undefined,
  { ask, signal, onFallback }: ModelTools,
): Promise<Checked | undefined> {
  try {
    const checked = check(await ask(question, signal));
    if (checked !== undefined) return checked;
    throw new MemoryError("MODEL_FAILED", "The language model did not answer what it was asked.");
  } catch (error) {
    if (signal?.aborted) throw error;
    onFallback(step, asMemoryError(error, "MODEL_FAILED", "The language model threw an error."));
    return undefined;
  }
}

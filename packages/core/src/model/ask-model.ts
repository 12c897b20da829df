import { withDeadline } from "../domain/deadline.ts";
import { isMemoryError, MemoryError } from "../domain/memory-error.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { LanguageModel, ModelAnswer, ModelRequest, ModelUsage } from "./language-model.ts";
import { plainAnswer } from "./plain-answer.ts";

/** A model's answer to a question, as `askModel` gives it: not yet checked. */
export type Ask = (request: ModelQuestion, signal?: AbortSignal) => Promise<unknown>;

export type ModelQuestion = Omit<ModelRequest, "signal">;

export interface AskLimits {
  readonly timeoutMs: number;
  readonly runtime: Runtime;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One answer of a model, not yet checked, but plain JSON: a value that is a promise or runs code of its own must
 * not decide what comes of a save. A model that throws, stays silent for `timeoutMs` or answers with nothing
 * rejects with `MODEL_FAILED`. A `MemoryError` that it throws itself, such as one about a missing key, passes as
 * it is.
 */
export async function askModel(
  model: LanguageModel,
  question: ModelQuestion,
  { timeoutMs, runtime, signal }: AskLimits,
): Promise<ModelAnswer> {
  const onTimeout = () =>
    failure(`did not answer within ${timeoutMs} ms`, new DOMException("timed out", "TimeoutError"));
  let answer: ModelAnswer | undefined;
  try {
    const given: unknown = await withDeadline((signal) => model.generate({ ...question, signal }), {
      timeoutMs,
      runtime,
      signal,
      onTimeout,
    });
    answer = plainParts(given);
  } catch (error) {
    throw isMemoryError(error) ? error : failure("threw an error", error);
  }
  if (answer === undefined) throw failure("answered without a value");
  return answer;
}

function plainParts(answer: unknown): ModelAnswer | undefined {
  if (typeof answer !== "object" || answer === null || !("value" in answer)) return undefined;
  const { value, usage } = answer as ModelAnswer;
  return { value: plainAnswer(value), ...(usage && { usage: plainAnswer(usage) as ModelUsage }) };
}

/** Whether a model failed because nobody answered in time. */
export function isModelTimeout(error: unknown): boolean {
  if (!isMemoryError(error, "MODEL_FAILED")) return false;
  return error.cause instanceof DOMException && error.cause.name === "TimeoutError";
}

function failure(what: string, cause?: unknown): MemoryError {
  return new MemoryError("MODEL_FAILED", `The language model ${what}.`, { cause });
}

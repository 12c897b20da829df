import { withDeadline } from "../domain/deadline.ts";
import { isMemoryError, MemoryError } from "../domain/memory-error.ts";
import type { Runtime } from "../domain/runtime.ts";
import { unitVector } from "../domain/vector.ts";
import type { Embedder } from "./embedder.ts";

export interface EmbedLimits {
  /** For each request that the embedder makes. */
  readonly timeoutMs: number;
  readonly runtime: Runtime;
  readonly signal?: AbortSignal | undefined;
  /** Told what the provider charged for, where it says so. */
  readonly onTokens?: ((tokens: number) => void) | undefined;
}

/**
 * One unit vector per text, in order, from one call that embeds equal texts once. Trusts nothing: an embedder
 * that throws, stays silent for `timeoutMs` a request, answers for fewer or more texts than it was given, or with
 * vectors without direction rejects with `EMBEDDING_FAILED`; one of another width with `DIMENSION_MISMATCH`.
 * A `MemoryError` that the embedder throws itself, such as one about a missing key, passes as it is.
 */
export async function embedTexts(
  embedder: Embedder,
  texts: readonly string[],
  { timeoutMs, runtime, signal, onTokens }: EmbedLimits,
): Promise<Float32Array[]> {
  const distinct = [...new Set(texts)];
  let answer: unknown;
  try {
    const wholeMs = timeoutMs * (embedder.requests?.(distinct) || 1);
    const onTimeout = () =>
      failure(`did not answer within ${wholeMs} ms`, new DOMException("timed out", "TimeoutError"));
    answer = await withDeadline((signal) => embedder.embed(distinct, { signal }), {
      timeoutMs: wholeMs,
      runtime,
      signal,
      onTimeout,
    });
  } catch (error) {
    throw isMemoryError(error) ? error : failure("threw an error", error);
  }
  const vectors = (answer as { vectors?: unknown } | undefined)?.vectors;
  if (!Array.isArray(vectors)) throw failure("answered without a list of vectors");
  if (vectors.length !== distinct.length)
    throw failure(`answered with ${vectors.length} vectors for ${distinct.length} texts`);
  const byText = new Map(
    distinct.map((text, i) => [text, toUnit(vectors[i], embedder.dimensions)]),
  );
  const { tokens } = answer as { tokens?: unknown };
  if (typeof tokens === "number" && tokens > 0) onTokens?.(tokens);
  return texts.map((text) => byText.get(text) as Float32Array);
}

/** Whether an embedding failed because nobody answered in time. */
export function isEmbedderTimeout(error: unknown): boolean {
  if (!isMemoryError(error, "EMBEDDING_FAILED")) return false;
  return error.cause instanceof DOMException && error.cause.name === "TimeoutError";
}

function toUnit(vector: ArrayLike<number>, dimensions: number): Float32Array {
  try {
    return unitVector(vector, dimensions);
  } catch (error) {
    if (!isMemoryError(error, "DIMENSION_MISMATCH"))
      throw failure("answered with a vector that is zero or not finite", error);
    const { expected, actual } = error.details;
    throw new MemoryError(
      "DIMENSION_MISMATCH",
      `The embedder answered with a vector of ${actual} numbers, but its dimensions are ${expected}. Correct them, or choose another model. Nothing was written.`,
      error.details,
    );
  }
}

function failure(what: string, cause?: unknown): MemoryError {
  return new MemoryError("EMBEDDING_FAILED", `The embedder ${what}. Nothing was written.`, {
    cause,
  });
}

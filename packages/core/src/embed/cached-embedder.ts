import { createHash } from "node:crypto";
import type { Cache } from "../cache/cache.ts";
import { withDeadline } from "../domain/deadline.ts";
import { asMemoryError, MemoryError } from "../domain/memory-error.ts";
import type { JsonValue } from "../domain/metadata.ts";
import { type Runtime, systemRuntime } from "../domain/runtime.ts";
import { isUnit, unitVector } from "../domain/vector.ts";
import type { Embedder } from "./embedder.ts";

export interface CachedEmbedderOptions {
  /** Milliseconds after which a silent cache is gone without. @default 1000 */
  readonly cacheTimeoutMs?: number | undefined;
  /** Told of each time the cache was gone without. */
  readonly onFailure?: ((error: MemoryError) => void) | undefined;
  /** @default the machine's */
  readonly runtime?: Runtime | undefined;
}

/**
 * Embeds only the texts that `cache` does not hold, and adds them. Keys are made of the embedder's id and a
 * hash of the text, so that a shared cache never holds a text, and never mixes embedders. A cache that fails
 * or is slow is gone without, and `onFailure` is told.
 */
export function cachedEmbedder(
  embedder: Embedder,
  cache: Cache,
  { cacheTimeoutMs = 1000, onFailure, runtime = systemRuntime }: CachedEmbedderOptions = {},
): Embedder {
  const { id, dimensions } = embedder;
  const attempt = <T>(work: () => Promise<T>): Promise<T | undefined> =>
    withDeadline(work, { timeoutMs: cacheTimeoutMs, runtime, onTimeout: slowCache }).catch(
      (error) => {
        onFailure?.(asMemoryError(error, "STORAGE_UNAVAILABLE", "The embedding cache failed."));
        return undefined;
      },
    );
  return {
    id,
    dimensions,
    requests: (texts) => embedder.requests?.(texts) ?? 1,
    async embed(texts, options) {
      const keys = texts.map((text) => keyOf(id, text));
      const kept = await attempt(() => cache.getMany(keys));
      const vectors = texts.map((_, i) => vectorFrom(kept?.[i], dimensions));
      const missing = [...texts.keys()].filter((i) => vectors[i] === undefined);
      if (missing.length === 0) return { vectors: vectors as Float32Array[], tokens: 0 };
      const made = await embedder.embed(
        missing.map((i) => texts[i] as string),
        options,
      );
      const given = made?.vectors;
      if (!Array.isArray(given) || given.length !== missing.length)
        throw new MemoryError(
          "EMBEDDING_FAILED",
          `The embedder answered with ${given?.length ?? "no"} vectors for ${missing.length} texts. Nothing was written.`,
        );
      const entries = missing.flatMap((i, at) => {
        const vector = usable(given[at], dimensions);
        return vector === undefined ? [] : [[keys[i] as string, textFrom(vector)] as const];
      });
      if (entries.length > 0) await attempt(() => cache.setMany(entries));
      const fresh = new Map(missing.map((i, at) => [i, given[at] as ArrayLike<number>]));
      return {
        ...made,
        vectors: vectors.map((vector, i) => vector ?? fresh.get(i)) as Float32Array[],
      };
    },
  };
}

function slowCache(): MemoryError {
  return new MemoryError("STORAGE_UNAVAILABLE", "The embedding cache did not answer in time.");
}

/** Of length one, so that large numbers keep their direction; `undefined` where there is none to keep. */
function usable(vector: ArrayLike<number>, dimensions: number): Float32Array | undefined {
  try {
    return unitVector(vector, dimensions);
  } catch {
    return undefined; // refused by who asked
  }
}

function keyOf(embedder: string, text: string): string {
  return `${embedder}:${createHash("sha256").update(text).digest("base64url")}`;
}

function textFrom(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

/** `undefined` for anything that `textFrom` has not made of a unit vector of this width. */
function vectorFrom(value: JsonValue | undefined, dimensions: number): Float32Array | undefined {
  if (typeof value !== "string") return undefined;
  const bytes = Buffer.from(value, "base64");
  if (bytes.length !== dimensions * 4) return undefined;
  const vector = new Float32Array(new Uint8Array(bytes).buffer);
  return isUnit(vector) ? vector : undefined;
}

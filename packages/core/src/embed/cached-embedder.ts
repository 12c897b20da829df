import { createHash } from "node:crypto";
import type { Cache } from "../cache/cache.ts";
import type { JsonValue } from "../domain/metadata.ts";
import type { Embedder } from "./embedder.ts";

/**
 * Embeds only the texts that `cache` does not hold, and adds them. Keys are made of the embedder's id and a
 * hash of the text, so that a shared cache never holds a text, and never mixes embedders. A cache that fails
 * is gone without.
 */
export function cachedEmbedder(embedder: Embedder, cache: Cache): Embedder {
  const { id, dimensions } = embedder;
  return {
    id,
    dimensions,
    async embed(texts, options) {
      const keys = texts.map((text) => keyOf(id, text));
      const kept = await cache.getMany(keys).catch(() => []);
      const vectors = texts.map((_, i) => vectorFrom(kept[i], dimensions));
      const missing = texts.flatMap((text, i) => (vectors[i] === undefined ? [{ text, i }] : []));
      if (missing.length === 0) return { vectors: vectors as Float32Array[], tokens: 0 };
      const made = await embedder.embed(
        missing.map(({ text }) => text),
        options,
      );
      if (!isWhole(made?.vectors, missing.length, dimensions)) return made; // refused by who asked
      const entries = missing.map(({ i }, at) => {
        const vector = Float32Array.from(made.vectors[at] as ArrayLike<number>);
        vectors[i] = vector;
        return [keys[i] as string, textFrom(vector)] as const;
      });
      await cache.setMany(entries).catch(() => {});
      return { ...made, vectors: vectors as Float32Array[] };
    },
  };
}

function keyOf(embedder: string, text: string): string {
  return `${embedder}:${createHash("sha256").update(text).digest("base64url")}`;
}

function textFrom(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}

/** `undefined` for anything that `textFrom` has not made of a vector of this width. */
function vectorFrom(value: JsonValue | undefined, dimensions: number): Float32Array | undefined {
  if (typeof value !== "string") return undefined;
  const bytes = Buffer.from(value, "base64");
  if (bytes.length !== dimensions * 4) return undefined;
  const vector = new Float32Array(new Uint8Array(bytes).buffer);
  return vector.every(Number.isFinite) ? vector : undefined;
}

function isWhole(vectors: unknown, count: number, dimensions: number): boolean {
  return (
    Array.isArray(vectors) &&
    vectors.length === count &&
    vectors.every((vector) => vector?.length === dimensions)
  );
}

import type { Embedder, Embeddings } from "../embed/embedder.ts";

export interface ScriptedEmbedder extends Embedder {
  /** The texts of every call so far. */
  readonly calls: readonly (readonly string[])[];
}

/**
 * An embedder for tests: counts letters, so that texts with the same letters are near, and keeps what it was
 * asked. `script` may answer instead, throw, or never settle; where it answers `undefined` the letters do.
 */
export function scriptedEmbedder(
  script?: (texts: readonly string[], signal?: AbortSignal) => Promise<Embeddings> | undefined,
): ScriptedEmbedder {
  const calls: (readonly string[])[] = [];
  return {
    id: "letters/27",
    dimensions: 27,
    calls,
    async embed(texts, { signal } = {}) {
      calls.push(texts);
      return (await script?.(texts, signal)) ?? { vectors: texts.map(countLetters) };
    },
  };
}

function countLetters(text: string): number[] {
  const counts = new Array<number>(27).fill(0);
  counts[26] = 0.1; // a text without letters still has a direction
  for (const letter of text.toLowerCase()) {
    const index = letter.charCodeAt(0) - 97;
    if (index >= 0 && index < 26) counts[index] = (counts[index] as number) + 1;
  }
  return counts;
}

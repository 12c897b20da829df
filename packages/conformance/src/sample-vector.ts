import { unitVector } from "@unimem/core/storage";

/** A vector of length one that follows from `name` alone: the same on every machine and in every run. */
export function sampleVector(name: string, dimensions = 8): Float32Array {
  const next = numbersFrom(name);
  return unitVector(Float32Array.from({ length: dimensions }, () => next() * 2 - 1));
}

// FNV-1a seeds mulberry32; both are a few lines and give the same numbers everywhere.
function numbersFrom(name: string): () => number {
  let state = 2166136261;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

import { type NewVector, unitVector, type VectorSpace } from "@unimem/core/storage";

/** The space that tests re-embed into. */
export const otherSpace: VectorSpace = { dimensions: 5, embedder: "other-embedder" };

/** The vector that one revision of a record has in the other space. */
export function otherVector({ id, revision }: { id: string; revision: number }): NewVector {
  const letters = [...id].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  return { id, revision, vector: unitVector([1, letters, letters % 7, revision, -2]) };
}

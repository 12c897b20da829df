import { invalidInput, type MemoryError } from "../domain/memory-error.ts";
import { checkLimit, checkVector } from "./check-input.ts";
import type { Reembedding, VectorSpace } from "./storage-backend.ts";

/** The same re-embedding, held to its contract; `breach` makes the error for where it does not keep to it. */
export function checkedReembedding(
  reembedding: Reembedding,
  space: VectorSpace,
  { breach, onSwitch }: { breach: (what: string) => MemoryError; onSwitch: () => void },
): Reembedding {
  return {
    async pending(limit) {
      checkLimit(limit);
      const found = await reembedding.pending(limit);
      const { records, remaining, total } = found;
      if (records.length !== Math.min(limit, remaining) || remaining > total)
        throw breach("answered with another number of pending records than it says there are");
      if (new Set(records.map(({ id }) => id)).size < records.length)
        throw breach("answered with one pending record twice");
      return found;
    },

    async write(vectors) {
      if (vectors.length === 0) throw invalidInput("vectors", "There are no vectors to write.");
      if (new Set(vectors.map(({ id }) => id)).size < vectors.length)
        throw invalidInput("vectors", "An id stands twice among the vectors.");
      for (const { vector } of vectors) checkVector(vector, space);
      await reembedding.write(vectors);
    },

    async finish() {
      const isSwitched = await reembedding.finish();
      if (isSwitched) onSwitch();
      return isSwitched;
    },
  };
}

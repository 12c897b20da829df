import { canonicalJson } from "../domain/metadata.ts";
import { cosine } from "../domain/vector.ts";
import type { EmbeddedDraft } from "./draft.ts";

/** A draft that was not saved because an earlier one of the same call says the same. */
export interface DroppedDraft {
  /** Its place among the contents that were given. */
  readonly index: number;
  /** The place of the one that was kept. */
  readonly duplicateOf: number;
  /** Cosine between the two. */
  readonly similarity: number;
}

/**
 * Leaves out each draft that is at least `threshold` like an earlier one that was kept, provided that nothing is
 * lost with it: whatever else the caller said of the two, such as scope, source or metadata, must be the same.
 */
export function dropRepeats(
  drafts: readonly EmbeddedDraft[],
  threshold: number,
): { kept: EmbeddedDraft[]; dropped: DroppedDraft[] } {
  const kept: EmbeddedDraft[] = [];
  const dropped: DroppedDraft[] = [];
  const heads = new Heads(drafts);
  const keptOf = new Map<string, number[]>();
  for (const [index, draft] of drafts.entries()) {
    const said = whatWasSaid(draft);
    const earlier = keptOf.get(said) ?? [];
    keptOf.set(said, earlier);
    const likeness = (other: number) =>
      cosine((drafts[other] as EmbeddedDraft).vector, draft.vector);
    const duplicateOf = earlier.find(
      (other) => heads.highestCosine(other, index) >= threshold && likeness(other) >= threshold,
    );
    if (duplicateOf !== undefined)
      dropped.push({ index, duplicateOf, similarity: likeness(duplicateOf) });
    else {
      earlier.push(index);
      kept.push(draft);
    }
  }
  return { kept, dropped };
}

/**
 * The first eighth of all vectors, side by side in memory. By Cauchy and Schwarz the rest of two vectors adds at most the
 * product of its lengths, so most pairs are settled by an eighth of the work. This is what lets thousands be compared
 * with each other.
 */
class Heads {
  readonly #width: number;
  readonly #heads: Float32Array;
  readonly #restLengths: Float64Array;

  constructor(drafts: readonly EmbeddedDraft[]) {
    this.#width = Math.ceil((drafts[0]?.vector.length ?? 0) / 8);
    this.#heads = new Float32Array(this.#width * drafts.length);
    for (const [i, { vector }] of drafts.entries())
      this.#heads.set(vector.subarray(0, this.#width), i * this.#width);
    this.#restLengths = Float64Array.from(drafts, (_, i) =>
      Math.sqrt(Math.max(0, 1 - this.#dot(i, i))),
    );
  }

  /** What the cosine of two vectors is at most, for all that is known without looking at the rest of them. */
  highestCosine(i: number, j: number): number {
    const rest = (this.#restLengths[i] as number) * (this.#restLengths[j] as number);
    return this.#dot(i, j) + rest + 1e-5;
  }

  #dot(i: number, j: number): number {
    const [heads, width] = [this.#heads, this.#width];
    const [a, b] = [i * width, j * width];
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (heads[a + k] as number) * (heads[b + k] as number);
    return sum;
  }
}

function whatWasSaid({ given, root, source, private: isPrivate, ...draft }: EmbeddedDraft): string {
  const { scope = null, categories = null, metadata = null, importance = null } = given;
  return canonicalJson([
    [root, scope, source, isPrivate],
    [categories, metadata, importance],
    [draft.createdAt?.getTime() ?? null, draft.expiresAt?.getTime() ?? null],
  ]);
}

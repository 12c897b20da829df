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
 * Leaves out each draft that is at least `threshold` like an earlier one that was kept, provided that nobody
 * who may see the dropped one loses it: both must lie in one scope, and have one source, privacy and expiry.
 */
export function dropRepeats(
  drafts: readonly EmbeddedDraft[],
  threshold: number,
): { kept: EmbeddedDraft[]; dropped: DroppedDraft[] } {
  const kept: Kept[] = [];
  const dropped: DroppedDraft[] = [];
  for (const [index, draft] of drafts.entries()) {
    const head = draft.vector.subarray(0, Math.ceil(draft.vector.length / 8));
    const candidate = {
      draft,
      index,
      head,
      tailLength: Math.sqrt(Math.max(0, 1 - dot(head, head))),
    };
    const earlier = kept.find((other) => isRepeat(candidate, other, threshold));
    if (earlier === undefined) kept.push(candidate);
    else {
      const similarity = cosine(earlier.draft.vector, draft.vector);
      dropped.push({ index, duplicateOf: earlier.index, similarity });
    }
  }
  return { kept: kept.map(({ draft }) => draft), dropped };
}

interface Kept {
  readonly draft: EmbeddedDraft;
  readonly index: number;
  /** The first numbers of the vector, and the length of the vector that is left without them. */
  readonly head: Float32Array;
  readonly tailLength: number;
}

function isRepeat(a: Kept, b: Kept, threshold: number): boolean {
  // By Cauchy and Schwarz the tails add at most the product of their lengths, so most pairs are settled by an
  // eighth of the work. This is what lets thousands be compared with each other.
  if (dot(a.head, b.head) + a.tailLength * b.tailLength < threshold - 1e-5) return false;
  return sameAudience(a.draft, b.draft) && cosine(a.draft.vector, b.draft.vector) >= threshold;
}

function sameAudience(a: EmbeddedDraft, b: EmbeddedDraft): boolean {
  return (
    a.given.scope === b.given.scope &&
    a.root === b.root &&
    a.source === b.source &&
    a.private === b.private &&
    a.expiresAt?.getTime() === b.expiresAt?.getTime()
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

import { similarityFromCosine } from "../domain/score.ts";
import { cosine } from "../domain/vector.ts";
import type { EmbeddedDraft } from "./draft.ts";
import { audienceOf } from "./find-similar.ts";

export interface BatchLimits {
  readonly analysisBatchSize: number;
  readonly consolidationThreshold: number;
}

// About 25,000 tokens: what a batch may hold of text, so that many long drafts still fit a model together.
const batchCharacters = 100_000;

/**
 * The drafts that a model is asked about next: from the first on, those with the same root and audience. Two
 * that are similar never share a batch, and keep their order whatever their audience: the later one waits,
 * and then meets the earlier one in the storage.
 */
export function takeBatch<Item extends { readonly draft: EmbeddedDraft }>(
  waiting: readonly Item[],
  { analysisBatchSize, consolidationThreshold }: BatchLimits,
): { batch: Item[]; left: Item[] } {
  const batch: Item[] = [];
  const left: Item[] = [];
  const group = waiting[0] && groupOf(waiting[0].draft);
  let room = batchCharacters;
  let isFull = false;
  for (const item of waiting) {
    const { draft } = item;
    const isSimilar = (other: Item) => areSimilar(other.draft, draft, consolidationThreshold);
    // The batch first: what is like a draft that was left is mostly like one that was taken.
    const waits: boolean =
      isFull || groupOf(draft) !== group || batch.some(isSimilar) || left.some(isSimilar);
    isFull ||= !waits && batch.length > 0 && draft.content.length > room;
    if (waits || isFull) left.push(item);
    else {
      batch.push(item);
      room -= draft.content.length;
      isFull = batch.length === analysisBatchSize;
    }
  }
  return { batch, left };
}

function groupOf(draft: EmbeddedDraft): string {
  return JSON.stringify([draft.root, audienceOf(draft)]);
}

function areSimilar(a: EmbeddedDraft, b: EmbeddedDraft, threshold: number): boolean {
  return similarityFromCosine(cosine(a.vector, b.vector)) >= threshold;
}

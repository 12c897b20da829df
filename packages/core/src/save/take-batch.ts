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
 * that are similar never share a batch, and keep their order: the later one waits, and then meets the
 * earlier one in the storage.
 */
export function takeBatch<Item extends { readonly draft: EmbeddedDraft }>(
  waiting: readonly Item[],
  { analysisBatchSize, consolidationThreshold }: BatchLimits,
): { batch: Item[]; left: Item[] } {
  const batch: Item[] = [];
  const seen: Item[] = [];
  const group = waiting[0] && groupOf(waiting[0].draft);
  let characters = 0;
  for (const item of waiting) {
    if (batch.length === analysisBatchSize) break;
    const { draft } = item;
    if (groupOf(draft) !== group) continue;
    const isTooLong = batch.length > 0 && characters + draft.content.length > batchCharacters;
    const waits = seen.some((other) => areSimilar(other.draft, draft, consolidationThreshold));
    seen.push(item);
    if (isTooLong || waits) continue;
    batch.push(item);
    characters += draft.content.length;
  }
  const taken = new Set(batch);
  return { batch, left: waiting.filter((item) => !taken.has(item)) };
}

function groupOf(draft: EmbeddedDraft): string {
  return JSON.stringify([draft.root, audienceOf(draft)]);
}

function areSimilar(a: EmbeddedDraft, b: EmbeddedDraft, threshold: number): boolean {
  return similarityFromCosine(cosine(a.vector, b.vector)) >= threshold;
}

import type { MemoryRecord } from "../domain/memory-record.ts";
import type { RecordFilter, Visibility } from "../domain/record-filter.ts";
import { similarityFromCosine } from "../domain/score.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { Draft, EmbeddedDraft } from "./draft.ts";

export interface ComparedDraft extends EmbeddedDraft {
  /** What it may repeat, change or replace, the most similar first. */
  readonly similar: readonly MemoryRecord[];
}

export interface SimilarityLimits {
  readonly consolidationThreshold: number;
  readonly consolidationLimit: number;
}

/**
 * Finds, for each draft, the current records that are at least `consolidationThreshold` like it. What expires,
 * on either side, is compared with nothing: a merged text would outlive it or end early.
 */
export async function findSimilar(
  drafts: readonly EmbeddedDraft[],
  storage: Pick<StorageBackend, "nearest">,
  { consolidationThreshold, consolidationLimit }: SimilarityLimits,
): Promise<ComparedDraft[]> {
  return Promise.all(
    drafts.map(async (draft) => {
      if (draft.expiresAt !== null) return { ...draft, similar: [] };
      const { vector } = draft;
      const filter = comparableFilter(draft);
      const nearest = await storage.nearest({ vector, filter, limit: consolidationLimit });
      const similar = nearest
        .filter(({ similarity }) => similarityFromCosine(similarity) >= consolidationThreshold)
        .map(({ record }) => record)
        .filter(({ expiresAt }) => expiresAt === null);
      return { ...draft, similar };
    }),
  );
}

/**
 * The records that a draft may be merged with: a public one with public records, which no reader loses by
 * it; a private one with records of its own source.
 */
export function comparableFilter(draft: Draft): RecordFilter {
  return {
    visibleTo: audienceOf(draft),
    scopes: [draft.given.scope ?? draft.root],
    ...(draft.private && draft.source !== null && { sources: [draft.source] }),
  };
}

/** What everybody who will see the draft may see: its surroundings as far as a model is told of them. */
export function audienceOf({ private: isPrivate, source }: Draft): Visibility {
  return isPrivate && source !== null ? { source } : "public";
}

import type { MemoryRecord } from "../domain/memory-record.ts";
import { canonicalJson } from "../domain/metadata.ts";
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

// Some of the nearest may be of another kind, and there is no telling how many: a few more are asked for.
const oversample = 4;

/** Finds, for each draft, the current records that are at least `consolidationThreshold` like it. */
export async function findSimilar(
  drafts: readonly EmbeddedDraft[],
  storage: Pick<StorageBackend, "nearest">,
  { consolidationThreshold, consolidationLimit }: SimilarityLimits,
): Promise<ComparedDraft[]> {
  return Promise.all(
    drafts.map(async (draft) => {
      if (draft.expiresAt !== null) return { ...draft, similar: [] };
      const nearest = await storage.nearest({
        vector: draft.vector,
        filter: comparableFilter(draft),
        limit: consolidationLimit * oversample,
      });
      const similar = nearest
        .filter(({ similarity }) => similarityFromCosine(similarity) >= consolidationThreshold)
        .map(({ record }) => record)
        .filter((record) => isOfOneKind(draft, record))
        .slice(0, consolidationLimit);
      return { ...draft, similar };
    }),
  );
}

/**
 * Whether a merge would keep every promise made about either side. Where privacy differs, somebody would lose
 * what they could read; a merged text would outlive what expires, or end early; and where the caller's metadata
 * say something else, such as another user or order, they are not about the same thing.
 */
function isOfOneKind(draft: Draft, record: MemoryRecord): boolean {
  const given = Object.entries(draft.given.metadata ?? {});
  return (
    record.private === draft.private &&
    record.expiresAt === null &&
    given.every(([key, value]) => {
      const other = Object.hasOwn(record.metadata, key) ? record.metadata[key] : undefined;
      if (other === undefined || (Array.isArray(other) && Array.isArray(value))) return true;
      return canonicalJson(other) === canonicalJson(value);
    })
  );
}

/** Where the records lie that a draft may be merged with: public ones, or those of its own source. */
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

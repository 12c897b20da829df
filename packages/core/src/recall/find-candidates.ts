import type { MemoryRecord } from "../domain/memory-record.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import { searchTerms } from "../domain/search-terms.ts";
import { cosine as cosineOf } from "../domain/vector.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";

/** A record that a search found, with all that is known of how it fits the query. */
export interface Candidate {
  readonly record: MemoryRecord;
  readonly cosine: number;
  /** 0..1: how well its words fit; 0 where only the vector was near, `undefined` where no text was found at all. */
  readonly wordMatch: number | undefined;
}

/** A text to search for, and its embedding. */
export interface Question {
  readonly text: string;
  readonly vector: Float32Array;
}

export interface Search extends Question {
  readonly filter: RecordFilter;
  /** The most candidates from each of the two searches. */
  readonly limit: number;
  /** Whether to search the text too, where the storage can. */
  readonly hybrid: boolean;
}

/** The union of the records nearest to a question's vector and of those that share its words. */
export async function findCandidates(
  storage: Pick<StorageBackend, "nearest" | "matching">,
  { text, vector, filter, limit, hybrid }: Search,
): Promise<Candidate[]> {
  const [nearest, matching] = await Promise.all([
    storage.nearest({ vector, filter, limit }),
    hybrid ? (storage.matching?.({ text, filter, limit }) ?? []) : [],
  ]);
  const best = matching[0]?.relevance;
  const asked = new Set(searchTerms(text));
  const candidates = new Map<string, Candidate>();
  for (const { record, similarity } of nearest)
    candidates.set(record.id, { record, cosine: similarity, wordMatch: best && 0 });
  for (const { record, vector: own, relevance } of matching) {
    const cosine = candidates.get(record.id)?.cosine ?? cosineOf(vector, own);
    const wordMatch = (relevance / (best ?? relevance)) * coverage(asked, record.content);
    candidates.set(record.id, { record, cosine, wordMatch });
  }
  return [...candidates.values()];
}

/**
 * The share of the asked words that a text has. Relevance alone lets one rare word outweigh a match of many;
 * see docs/decisions/hybrid-recall.md for what this gains.
 */
function coverage(asked: ReadonlySet<string>, content: string): number {
  return asked.intersection(new Set(searchTerms(content))).size / Math.max(1, asked.size);
}

import type { Candidate } from "./find-candidates.ts";

/**
 * What several questions found, each record once with its best evidence: the highest cosine and, apart from
 * it, the highest word match of the questions that found it. A cosine means the same in every search; a word
 * match is a share of what one question asked for, so neither is added up: a record does not rise because a
 * query was cut into more questions. If any question found text, a record without any matches no word; only
 * where none did is there nothing to say of words, so that all records of an answer are scored alike.
 *
 * The order of the lists changes nothing, nor does merging some of them first.
 */
export function mergeCandidates(lists: readonly (readonly Candidate[])[]): Candidate[] {
  const found = new Map<string, Candidate>();
  const anyText = lists.flat().some(({ wordMatch }) => wordMatch !== undefined);
  for (const candidate of lists.flat()) {
    const other = found.get(candidate.record.id) ?? candidate;
    const newer = candidate.record.revision > other.record.revision ? candidate : other;
    found.set(candidate.record.id, {
      record: newer.record,
      cosine: Math.max(candidate.cosine, other.cosine),
      wordMatch: anyText ? Math.max(candidate.wordMatch ?? 0, other.wordMatch ?? 0) : undefined,
    });
  }
  return [...found.values()];
}

import type { RecordFilter } from "../domain/record-filter.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { type Candidate, findCandidates, type Question } from "./find-candidates.ts";

export interface SearchTools {
  readonly storage: Pick<StorageBackend, "nearest" | "matching">;
  /** The most candidates from each search of each question. */
  readonly candidateLimit: number;
  readonly hybrid: boolean;
}

/** What each question finds, all searched at once. */
export function searchQuestions(
  questions: readonly Question[],
  filter: RecordFilter,
  { storage, candidateLimit: limit, hybrid }: SearchTools,
): Promise<Candidate[][]> {
  return Promise.all(
    questions.map((question) => findCandidates(storage, { ...question, filter, limit, hybrid })),
  );
}

/** The same texts with their vectors, embedded in one call. */
export async function embedQuestions(
  texts: readonly string[],
  embed: (texts: readonly string[]) => Promise<Float32Array[]>,
): Promise<Question[]> {
  const vectors = await embed(texts);
  return texts.map((text, i) => ({ text, vector: vectors[i] as Float32Array }));
}

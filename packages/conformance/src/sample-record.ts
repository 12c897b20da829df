import { parseScope, type StoredRecord, type VectorSpace } from "@unimem/core/storage";
import { sampleVector } from "./sample-vector.ts";

/** The space that cases work in unless they say otherwise. */
export const sampleSpace: VectorSpace = { dimensions: 8, embedder: "sample/8" };

/** A moment some days after the start of 2026, which is day 0; negative numbers lie before it. */
export function sampleDay(days: number): Date {
  return new Date(Date.UTC(2026, 0, 1) + days * 24 * 60 * 60 * 1000);
}

type Given = Partial<Omit<StoredRecord, "scope">> & {
  readonly id: string;
  readonly scope?: string;
};

/** A valid record with the given fields; the vector follows from the id, so equal ids give equal vectors. */
export function sampleRecord({ scope = "/", ...given }: Given): StoredRecord {
  const createdAt = given.createdAt ?? sampleDay(0);
  return {
    content: `The content of ${given.id}.`,
    categories: [],
    metadata: {},
    importance: 0.5,
    createdAt,
    updatedAt: createdAt,
    lastAccessed: createdAt,
    source: null,
    private: false,
    revision: 1,
    supersededBy: null,
    supersededAt: null,
    expiresAt: null,
    vector: sampleVector(given.id),
    ...given,
    scope: parseScope(scope),
  };
}

/** `count` records with ids `id-0000`, `id-0001` …; `given` says what is special about each. */
export function sampleRecords(
  count: number,
  given: (i: number) => Omit<Given, "id"> = () => ({}),
): StoredRecord[] {
  return Array.from({ length: count }, (_, i) =>
    sampleRecord({ id: `id-${String(i).padStart(4, "0")}`, ...given(i) }),
  );
}

import { randomUUID } from "node:crypto";
import { parseScope, type StoredRecord, unitVector, type VectorSpace } from "@unimem/core/storage";

export const everything = { visibleTo: "all", state: "any" } as const;

export const sampleSpace: VectorSpace = { dimensions: 4, embedder: "sample-embedder" };

/** A prefix that no other test has, on a server that they share. */
export function samplePrefix(): string {
  return `test-${randomUUID()}`;
}

interface SampleFields {
  readonly revision?: number;
  readonly scope?: string;
  /** Who wrote it, where several write the same. */
  readonly writer?: string;
  readonly source?: string | null;
  readonly private?: boolean;
}

/** Follows from what is given alone, in every field, so that a mixture of two can be told from either. */
export function sampleRecord(
  id: string,
  {
    revision = 1,
    scope = "/",
    writer = "0",
    source = null,
    private: isPrivate = false,
  }: SampleFields = {},
): StoredRecord {
  const moment = new Date(Date.UTC(2026, 0, 1) + revision * 1000 + Number(writer));
  return {
    id,
    content: `Revision ${revision} of ${id}, by ${writer}.`,
    scope: parseScope(scope),
    categories: [`r${revision % 3}`, `w${writer}`],
    metadata: { revision, id, writer },
    importance: 0.5,
    createdAt: moment,
    updatedAt: moment,
    lastAccessed: moment,
    source,
    private: isPrivate,
    revision,
    supersededBy: null,
    supersededAt: null,
    expiresAt: null,
    vector: unitVector([1, revision, id.length, Number(writer)]),
  };
}

/** The record that this one must be if it is nobody else's in part. */
export function asWritten({ id, ...fields }: StoredRecord): StoredRecord {
  return sampleRecord(id, { ...fields, writer: String(fields.metadata.writer) });
}

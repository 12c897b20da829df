import { createHash } from "node:crypto";
import type { VectorSpace } from "@unimem/core/storage";
import type { Field, Schema } from "apache-arrow";
import type { NativeLibrary } from "./native-library.ts";

/** What a record is read from, besides its vector. */
export const recordColumns = [
  "id",
  "content",
  "scope",
  "categories",
  "metadata",
  "importance",
  "createdAt",
  "updatedAt",
  "lastAccessed",
  "source",
  "private",
  "revision",
  "supersededBy",
  "supersededAt",
  "expiresAt",
];

const embedderKey = "unimem.embedder";
const originKey = "unimem.origin";
const successorPrefix = "movedTo_";

/**
 * One table per vector space, so that no table with live handles ever has to be dropped. Records that were taken
 * over from another space, or came back to one that they had left, are in a table with a suffix.
 */
export function recordTableName(space: VectorSpace, suffix?: string): string {
  return `records_${spaceDigest(space)}${suffix === undefined ? "" : `_${suffix}`}`;
}

export function isRecordTableName(name: string): boolean {
  return /^records_\d+_[0-9a-f]{12}(_[0-9a-f]+)?$/.test(name);
}

/** For the name of a table that belongs to a space. */
export function spaceDigest({ dimensions, embedder }: VectorSpace): string {
  return `${dimensions}_${createHash("sha256").update(embedder).digest("hex").slice(0, 12)}`;
}

/** `origin` is the table whose records it takes over, where it does. */
export function recordSchema(
  { arrow }: NativeLibrary,
  space: VectorSpace,
  origin?: string,
): Schema {
  const field = (name: string, type: Field["type"], nullable = false) =>
    new arrow.Field(name, type, nullable);
  const texts = () => new arrow.List(field("item", new arrow.Utf8(), true));
  const moment = () => new arrow.TimestampMillisecond();
  return new arrow.Schema(
    [
      idField(arrow),
      field("content", new arrow.Utf8()),
      field("scope", new arrow.Utf8()),
      field("categories", texts()),
      field("metadata", new arrow.Utf8()),
      field("metadataTerms", texts()),
      field("importance", new arrow.Float64()),
      field("createdAt", moment()),
      field("updatedAt", moment()),
      field("lastAccessed", moment()),
      field("source", new arrow.Utf8(), true),
      field("private", new arrow.Bool()),
      field("revision", new arrow.Int64()),
      field("supersededBy", new arrow.Utf8(), true),
      field("supersededAt", moment(), true),
      vectorField(arrow, space),
      // Last, where it is added to a table that was made without it.
      field("expiresAt", moment(), true),
    ],
    new Map([
      [embedderKey, space.embedder],
      ...(origin === undefined ? [] : [[originKey, origin] as const]),
    ]),
  );
}

/**
 * Marked as Lance's primary key: only then do two processes that insert one id at the same time end with one
 * row. Said in the schema and not by a second commit, so that no process ever sees the table without it.
 */
export function idField(arrow: NativeLibrary["arrow"]): Field {
  const key = new Map([["lance-schema:unenforced-primary-key", "true"]]);
  return new arrow.Field("id", new arrow.Utf8(), false, key);
}

export function vectorField(arrow: NativeLibrary["arrow"], { dimensions }: VectorSpace): Field {
  const item = new arrow.Field("item", new arrow.Float32(), true);
  return new arrow.Field("vector", new arrow.FixedSizeList(dimensions, item), false);
}

/** The table whose records this one takes over. */
export function originOfSchema(schema: Schema): string | undefined {
  return schema.metadata.get(originKey);
}

/** The table that has taken over the records of this one. */
export function successorOfSchema({ fields }: Schema): string | undefined {
  const mark = fields.find(({ name }) => name.startsWith(successorPrefix));
  return mark?.name.slice(successorPrefix.length);
}

/**
 * The column that tells of the successor. It admits no null and nobody writes it, so that from the commit which
 * adds it no process can put a row into the table, even one that looked at it just before.
 */
export function successorColumn(successor: string): { name: string; valueSql: string } {
  return { name: `${successorPrefix}${successor}`, valueSql: "true" };
}

/** The space that a table was made for, or `undefined` if its schema is not ours. */
export function spaceOfSchema(schema: Schema): VectorSpace | undefined {
  const embedder = schema.metadata.get(embedderKey);
  const type = schema.fields.find(({ name }) => name === "vector")?.type;
  const dimensions = type && "listSize" in type ? type.listSize : undefined;
  if (embedder === undefined || typeof dimensions !== "number") return undefined;
  return { dimensions, embedder };
}

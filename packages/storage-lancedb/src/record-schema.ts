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

/** One table per vector space, so that no table with live handles ever has to be dropped. */
export function recordTableName({ dimensions, embedder }: VectorSpace): string {
  const digest = createHash("sha256").update(embedder).digest("hex").slice(0, 12);
  return `records_${dimensions}_${digest}`;
}

export function isRecordTableName(name: string): boolean {
  return /^records_\d+_[0-9a-f]{12}$/.test(name);
}

export function recordSchema({ arrow }: NativeLibrary, space: VectorSpace): Schema {
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
      field(
        "vector",
        new arrow.FixedSizeList(space.dimensions, field("item", new arrow.Float32(), true)),
      ),
      // Last, where it is added to a table that was made without it.
      field("expiresAt", moment(), true),
    ],
    new Map([[embedderKey, space.embedder]]),
  );
}

/**
 * Marked as Lance's primary key: only then do two processes that insert one id at the same time end with one
 * row. Said in the schema and not by a second commit, so that no process ever sees the table without it.
 */
function idField(arrow: NativeLibrary["arrow"]): Field {
  const key = new Map([["lance-schema:unenforced-primary-key", "true"]]);
  return new arrow.Field("id", new arrow.Utf8(), false, key);
}

/** The space that a table was made for, or `undefined` if its schema is not ours. */
export function spaceOfSchema(schema: Schema): VectorSpace | undefined {
  const embedder = schema.metadata.get(embedderKey);
  const type = schema.fields.find(({ name }) => name === "vector")?.type;
  const dimensions = type && "listSize" in type ? type.listSize : undefined;
  if (embedder === undefined || typeof dimensions !== "number") return undefined;
  return { dimensions, embedder };
}

import { createHash } from "node:crypto";
import { MemoryError, type MemoryRecord, type StoredRecord } from "@unimem/core/storage";
import type { GlideString } from "@valkey/valkey-glide";
import { fromMember, scopeTags, toMember, toTag } from "./encode-text.ts";
import type { VectorFields } from "./vector-fields.ts";
import { viewsOf } from "./views.ts";

/** What lies between two tags of one field: it cannot be in a tag. */
export const tagSeparator = "\u001f";

/** Stands for "not superseded" and "never expires" in the index: later than every Date. */
export const never = 9_000_000_000_000_000;

/** The fields of a hash that the search index covers. */
export function searchedFields(
  record: StoredRecord,
  { vector }: VectorFields,
): Record<string, GlideString> {
  return { ...placeFields(record), ...timeFields(record), [vector]: vectorBytes(record.vector) };
}

/** Those that many records share: who may see it, where it stands, what it is about, and from whom it is. */
export function placeFields(record: MemoryRecord): Record<string, string> {
  const { scope, categories, source, supersededAt } = record;
  const own = [supersededAt === null ? "c" : "s", ...viewsOf(record)];
  return {
    own: own.join(tagSeparator),
    anc: scopeTags(scope).join(tagSeparator),
    cat: categories.map(toTag).join(tagSeparator),
    src: source === null ? "" : toTag(source),
  };
}

/** Those that hold times. */
export function timeFields({ createdAt, updatedAt, supersededAt, expiresAt }: MemoryRecord) {
  return {
    ts: String(createdAt.getTime()),
    upd: String(updatedAt.getTime()),
    sup: String(supersededAt?.getTime() ?? never),
    exp: String(expiresAt?.getTime() ?? never),
  };
}

/** Which keys beside the record hold its id, for the script that moves it in and out of them. */
export function sideEntries(record: MemoryRecord): string {
  const { scope, categories, supersededBy } = record;
  return JSON.stringify({
    views: viewsOf(record),
    ancs: scopeTags(scope),
    scope: toMember(scope),
    cats: [...new Set(categories)].map((each) => [toMember(each), toTag(each)]),
    by: supersededBy === null ? "" : toTag(supersededBy),
  });
}

/** By what a record is ordered in those sets: newest first. */
export function orderOf({ createdAt }: MemoryRecord): string {
  return String(-createdAt.getTime());
}

/** All of a record but its vector, as JSON; times are milliseconds. */
export function recordJson(record: StoredRecord): string {
  return JSON.stringify({
    ...record,
    vector: undefined,
    createdAt: record.createdAt.getTime(),
    updatedAt: record.updatedAt.getTime(),
    lastAccessed: record.lastAccessed.getTime(),
    supersededAt: record.supersededAt?.getTime() ?? null,
    expiresAt: record.expiresAt?.getTime() ?? null,
  });
}

const times = ["createdAt", "updatedAt", "lastAccessed", "supersededAt", "expiresAt"] as const;

/** The record of {@link recordJson}; `accessed` is kept beside it. Throws `STORAGE_CORRUPT`. */
export function recordFromJson(json: string, accessed: number | null): MemoryRecord {
  try {
    const fields = JSON.parse(json);
    if (accessed !== null) fields.lastAccessed = accessed;
    for (const name of times)
      if (typeof fields[name] === "number") fields[name] = new Date(fields[name]);
    return fields;
  } catch (cause) {
    throw corruptRecord(cause);
  }
}

const hashLength = 64;

/**
 * The name of a vector that lies in a key of its own: what is in it, then whose it is. The same write gives the
 * same name, and no other write does, so that nobody overwrites what somebody else has written there.
 */
export function vectorName(record: StoredRecord, { suffix }: VectorFields): string {
  const hash = createHash("sha256")
    .update(suffix)
    .update(recordJson(record))
    .update(vectorBytes(record.vector));
  return `${hash.digest("hex")}:${toMember(record.id)}`;
}

/** The id in a {@link vectorName}. */
export function vectorOwner(name: string): string {
  return fromMember(name.slice(hashLength + 1));
}

export function vectorBytes({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A vector of its own from bytes, which may lie anywhere in their buffer. Throws `STORAGE_CORRUPT`. */
export function vectorFromBytes(bytes: Buffer): Float32Array {
  if (bytes.byteLength === 0 || bytes.byteLength % 4 > 0) throw corruptRecord();
  return new Float32Array(new Uint8Array(bytes).buffer);
}

export function corruptRecord(cause?: unknown): MemoryError {
  return new MemoryError(
    "STORAGE_CORRUPT",
    "A record in Valkey is not as this package wrote it. Restore the data from a backup, or use another prefix.",
    cause === undefined ? {} : { cause },
  );
}

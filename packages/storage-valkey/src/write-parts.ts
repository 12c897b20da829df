import type { StoredRecord, WriteBatch } from "@unimem/core/storage";
import type { GlideString } from "@valkey/valkey-glide";
import { toMember } from "./encode-text.ts";
import {
  indexedFields,
  orderOf,
  recordJson,
  sideEntries,
  vectorBytes,
  vectorName,
} from "./record-hash.ts";
import type { VectorFields } from "./vector-fields.ts";

/** Small enough that GLIDE takes no longer for a byte of it, large enough that a set changes for many records at once. */
const mostBytes = 500_000;

/**
 * What `writeScript` is told of a batch, in parts for the scripts of one transaction: removals in the first, records in
 * all. Records for an HNSW index are in a single one, because each part looks whether the vectors of its own are there.
 */
export function writeParts(
  { put, remove }: WriteBatch,
  { hasHnsw, fields }: { readonly hasHnsw: boolean; readonly fields: VectorFields },
): GlideString[][] {
  const removals = [String(remove.length), ...remove.map(toMember)];
  let part: GlideString[] = [hasHnsw ? "1" : "0", ...removals];
  const parts = [part];
  let bytes = 0;
  // What goes into the same sets goes into one part: a set then changes once.
  const sorted = put.toSorted((a, b) => (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0));
  for (const record of sorted) {
    const args = putArguments(record, hasHnsw, fields);
    const size = args.reduce((sum, each) => sum + each.length, 0);
    if (!hasHnsw && bytes > 0 && bytes + size > mostBytes) {
      part = ["0", "0"];
      parts.push(part);
      bytes = 0;
    }
    part.push(...args);
    bytes += size;
  }
  return parts;
}

/** Few arguments, because each takes GLIDE its time. */
function putArguments(record: StoredRecord, hasHnsw: boolean, fields: VectorFields): GlideString[] {
  const { id, revision, lastAccessed, expiresAt, vector } = record;
  const head = [toMember(id), String(revision), String(lastAccessed.getTime())];
  head.push(String(expiresAt?.getTime() ?? ""), orderOf(record));
  if (!hasHnsw)
    for (const [name, value] of Object.entries(indexedFields(record))) head.push(name, value);
  return [
    JSON.stringify(head),
    sideEntries(record),
    recordJson(record),
    hasHnsw ? vectorName(record, fields) : vectorBytes(vector),
  ];
}

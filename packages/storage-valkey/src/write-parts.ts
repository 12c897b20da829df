import type { MemoryRecord, StoredRecord, WriteBatch } from "@unimem/core/storage";
import type { GlideString } from "@valkey/valkey-glide";
import { toMember } from "./encode-text.ts";
import {
  orderOf,
  placeFields,
  recordJson,
  sideEntries,
  timeFields,
  vectorBytes,
  vectorName,
} from "./record-hash.ts";
import type { VectorFields } from "./vector-fields.ts";

/** Small enough that GLIDE takes no longer for a byte of it, large enough that a set changes for many records at once. */
const mostBytes = 500_000;

/** What follows from where a record stands alone. Many records of a batch share it, so it is made and sent once. */
interface Place {
  readonly index: number;
  readonly side: string;
  readonly fields: readonly string[];
}

interface Part {
  readonly places: Map<string, Place>;
  readonly records: GlideString[];
  bytes: number;
}

/**
 * What `writeScript` is told of a batch, in parts for the scripts of one transaction: removals in the first, records in
 * all. Records for an HNSW index are in a single one, because each part looks whether the vectors of its own are there.
 */
export function writeParts(
  { put, remove }: WriteBatch,
  { hasHnsw, fields }: { readonly hasHnsw: boolean; readonly fields: VectorFields },
): GlideString[][] {
  const parts = [emptyPart()];
  // What goes into the same sets goes into one part: a set then changes once.
  const sorted = put.toSorted((a, b) => (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0));
  for (const record of sorted) {
    const json = recordJson(record);
    const vector = hasHnsw ? vectorName(record, fields) : vectorBytes(record.vector);
    const size = json.length + vector.length;
    if (!hasHnsw && (parts.at(-1)?.bytes ?? 0) + size > mostBytes) parts.push(emptyPart());
    const part = parts.at(-1) as Part;
    const { index } = placeIn(part, record, hasHnsw);
    part.records.push(headOf(record, index), json, vector);
    part.bytes += size;
  }
  return parts.map(({ places, records }, i) => [
    hasHnsw ? "1" : "0",
    ...(i === 0 ? [String(remove.length), ...remove.map(toMember)] : ["0"]),
    JSON.stringify([...places.values()].map(({ side, fields }) => [side, ...fields])),
    ...records,
  ]);
}

function emptyPart(): Part {
  return { places: new Map(), records: [], bytes: 0 };
}

function placeIn({ places }: Part, record: MemoryRecord, hasHnsw: boolean): Place {
  const { scope, categories, source, private: isPrivate, supersededBy, supersededAt } = record;
  const key = JSON.stringify([
    ...[scope, categories, source, isPrivate],
    ...[supersededBy, supersededAt === null],
  ]);
  const known = places.get(key);
  if (known !== undefined) return known;
  const place = {
    index: places.size + 1,
    side: sideEntries(record),
    fields: hasHnsw ? [] : Object.entries(placeFields(record)).flat(),
  };
  places.set(key, place);
  return place;
}

function headOf(record: StoredRecord, place: number): string {
  const { id, revision, lastAccessed, expiresAt } = record;
  const { ts, upd, sup, exp } = timeFields(record);
  return JSON.stringify([
    ...[toMember(id), String(revision), String(lastAccessed.getTime())],
    ...[String(expiresAt?.getTime() ?? ""), orderOf(record), place],
    ...[ts, upd, sup, exp],
  ]);
}

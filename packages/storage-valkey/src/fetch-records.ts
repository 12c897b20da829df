import type { MemoryRecord, StoredRecord } from "@unimem/core/storage";
import { chunks } from "./chunks.ts";
import { toMember } from "./encode-text.ts";
import { corruptRecord, recordFromJson, vectorFromBytes } from "./record-hash.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { StoreReads } from "./store-reads.ts";

const mostRecords = 500;

/** A record, and the name of its vector's key where that is not its own. */
export interface NamedRecord {
  readonly record: MemoryRecord;
  readonly vectorName: string;
}

/** The records with these ids, in their order, without vectors; all of a page in one round trip. */
export async function fetchRecords(
  reads: StoreReads,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<(MemoryRecord | undefined)[]> {
  return (await fetchNamedRecords(reads, keys, ids)).map((found) => found?.record);
}

export async function fetchNamedRecords(
  reads: StoreReads,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<(NamedRecord | undefined)[]> {
  return inPages(ids, async (page) => {
    const [accesses, ...hashes] = await reads.batch((batch, _, { pointer }) => {
      batch.zmscore(keys.accesses, page.map(toMember));
      for (const id of page) batch.hmget(keys.record(id), ["json", pointer]);
    });
    return (hashes as [string | null, string | null][]).map(([json, vectorName], i) => {
      if (json === null) return undefined;
      const record = recordFromJson(json, (accesses as (number | null)[])[i] ?? null);
      return { record, vectorName: vectorName ?? "" };
    });
  });
}

/** The same with their vectors: both of one revision. */
export async function fetchStoredRecords(
  reads: StoreReads,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<(StoredRecord | undefined)[]> {
  return inPages(ids, async (page) => {
    const rows = await fetchRows(reads, keys, page, ["json"]);
    return rows.map((row) => {
      if (row?.json == null) return undefined;
      return { ...recordFromJson(row.json.toString("utf8"), row.accessed), vector: row.vector };
    });
  });
}

/** The vectors of these records, in their order. */
export async function fetchVectors(
  reads: StoreReads,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<(Float32Array | undefined)[]> {
  return inPages(ids, async (page) =>
    (await fetchRows(reads, keys, page, [])).map((row) => row?.vector),
  );
}

interface Row {
  readonly json: Buffer | null | undefined;
  readonly vector: Float32Array;
  readonly accessed: number | null;
}

async function fetchRows(
  reads: StoreReads,
  keys: StoreKeys,
  ids: readonly string[],
  fields: readonly "json"[],
  earlier: ReadonlyMap<string, string> = new Map(),
): Promise<(Row | undefined)[]> {
  const [accesses, ...hashes] = await reads.batch(
    (batch, _, { vector, pointer }) => {
      batch.zmscore(keys.accesses, ids.map(toMember));
      for (const id of ids) batch.hmget(keys.record(id), [vector, pointer, ...fields]);
    },
    { bytes: true, long: true },
  );
  const found = (hashes as (Buffer | null)[][]).map(([bytes, name, json], i) => ({
    bytes,
    name: name?.toString("utf8") ?? "",
    json,
    accessed: (accesses as (number | null)[])[i] ?? null,
  }));
  const named = await fetchNamedVectors(
    reads,
    keys,
    found.map(({ name }) => name).filter((name) => name !== ""),
  );
  const rows = found.map(({ bytes, name, json, accessed }): Row | undefined => {
    const own = name === "" ? bytes : named.get(name);
    return own == null ? undefined : { json, accessed, vector: vectorFromBytes(own) };
  });
  // Those whose vector was replaced between the two looks.
  const late = found.flatMap(({ name }, i) => (name !== "" && rows[i] === undefined ? [i] : []));
  if (late.length === 0) return rows;
  const lateIds = late.map((i) => ids[i] as string);
  const names = new Map(late.map((i) => [ids[i] as string, found[i]?.name as string]));
  // It still names what is gone, so nobody has replaced it.
  for (const [id, name] of names) if (earlier.get(id) === name) throw corruptRecord();
  const again = await fetchRows(reads, keys, lateIds, fields, names);
  for (const [at, i] of late.entries()) rows[i] = again[at];
  return rows;
}

async function fetchNamedVectors(
  reads: StoreReads,
  keys: StoreKeys,
  names: readonly string[],
): Promise<Map<string, Buffer>> {
  if (names.length === 0) return new Map();
  const answers = await reads.batch(
    (batch, _, { vector }) => {
      for (const name of names) batch.hget(keys.vector(name), vector);
    },
    { bytes: true, long: true },
  );
  return new Map(
    names.flatMap((name, i) => {
      const bytes = answers[i];
      return Buffer.isBuffer(bytes) ? [[name, bytes] as const] : [];
    }),
  );
}

async function inPages<Each>(
  ids: readonly string[],
  fetch: (page: readonly string[]) => Promise<Each[]>,
): Promise<Each[]> {
  return (await Promise.all(chunks(ids, mostRecords).map(fetch))).flat();
}

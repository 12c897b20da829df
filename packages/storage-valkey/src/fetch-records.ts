import type { MemoryRecord, StoredRecord } from "@unimem/core/storage";
import type { GlideReturnType } from "@valkey/valkey-glide";
import { chunks } from "./chunks.ts";
import { toMember } from "./encode-text.ts";
import { recordFromJson, vectorFromBytes } from "./record-hash.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { StoreKeys } from "./store-keys.ts";

const mostRecords = 500;

/** The records with these ids, in their order, without vectors; all of a page in one round trip. */
export async function fetchRecords(
  trips: RoundTrips,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<(MemoryRecord | undefined)[]> {
  const pages = await Promise.all(
    chunks(ids, mostRecords).map(async (page) => {
      const answers = await trips.batch((batch) => {
        batch.zmscore(keys.accesses, page.map(toMember));
        for (const id of page) batch.hget(keys.record(id), "json");
      });
      const accesses = answers[0] as (number | null)[];
      return page.map((_, i) => {
        const json = answers[i + 1];
        return typeof json === "string" ? recordFromJson(json, accesses[i] ?? null) : undefined;
      });
    }),
  );
  return pages.flat();
}

/** The same with their vectors. */
export async function fetchStoredRecords(
  trips: RoundTrips,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<(StoredRecord | undefined)[]> {
  const pages = await Promise.all(
    chunks(ids, mostRecords).map(async (page) => {
      const answers = await trips.batch(
        (batch) => {
          batch.zmscore(keys.accesses, page.map(toMember));
          for (const id of page) batch.hmget(keys.record(id), ["json", "vec"]);
        },
        { bytes: true, long: true },
      );
      const accesses = answers[0] as (number | null)[];
      return page.map((_, i) => storedRecord(answers[i + 1], accesses[i] ?? null));
    }),
  );
  return pages.flat();
}

/** The vectors of these records, in their order. */
export async function fetchVectors(
  trips: RoundTrips,
  keys: StoreKeys,
  ids: readonly string[],
): Promise<(Float32Array | undefined)[]> {
  const answers = await trips.batch(
    (batch) => {
      for (const id of ids) batch.hget(keys.record(id), "vec");
    },
    { bytes: true, long: true },
  );
  return answers.map((bytes) => (Buffer.isBuffer(bytes) ? vectorFromBytes(bytes) : undefined));
}

function storedRecord(
  answer: GlideReturnType | undefined,
  accessed: number | null,
): StoredRecord | undefined {
  const [json, bytes] = answer as [Buffer | null, Buffer | null];
  if (json === null) return undefined;
  return {
    ...recordFromJson(json.toString("utf8"), accessed),
    vector: vectorFromBytes(bytes ?? Buffer.alloc(0)),
  };
}

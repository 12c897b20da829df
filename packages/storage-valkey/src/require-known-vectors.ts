import { MemoryError, type VectorSpace } from "@unimem/core/storage";
import { fromMember } from "./encode-text.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { StoreKeys } from "./store-keys.ts";

/**
 * Of a store with records whose meta is gone: rejects where one of them has a vector that is not as wide as expected, or
 * not in the fields of a first space, because with other fields nothing would be found, and spaces would be mixed.
 */
export async function requireKnownVectors(
  trips: RoundTrips,
  keys: StoreKeys,
  expected: VectorSpace | undefined,
): Promise<void> {
  const [members] = await trips.batch((batch) => {
    batch.zrange(keys.accesses, { start: 0, end: 0 });
  });
  const [member = ""] = members as string[];
  const record = keys.record(fromMember(member));
  const [fields, bytes] = (await trips.batch((batch) => {
    batch.hkeys(record);
    batch.hstrlen(record, "vec");
  })) as [string[], number];
  const isFirst = !fields.some((field) => /^(vec|ptr)\d+$/.test(field));
  // A vector for an HNSW index is in a key of its own, and a record may be gone as well.
  const isFitting = bytes === 0 || expected === undefined || bytes === 4 * expected.dimensions;
  if (isFirst && isFitting) return;
  throw new MemoryError(
    "STORAGE_CORRUPT",
    `The key "${keys.meta}" is gone, and with it what the vectors of the store are. Restore the data from a backup, or use another prefix.`,
  );
}

import { type MemoryRecord, matchesFilter, type RecordFilter } from "@unimem/core/storage";

/** A filter with every condition that this package answers. */
export type AskedFilter = RecordFilter & {
  readonly sources?: readonly string[];
  readonly aliveAt?: Date;
  readonly expiredAt?: Date;
};

export function expiryOf(record: MemoryRecord): Date | null {
  return (record as { readonly expiresAt?: Date | null }).expiresAt ?? null;
}

/** Whether a record satisfies every condition. What the server answers is held to this before `limit` applies. */
export function matches(record: MemoryRecord, filter: AskedFilter): boolean {
  const { sources, aliveAt, expiredAt } = filter;
  const expiresAt = expiryOf(record);
  return (
    matchesFilter(record, filter) &&
    (sources === undefined || (record.source !== null && sources.includes(record.source))) &&
    (aliveAt === undefined || expiresAt === null || expiresAt > aliveAt) &&
    (expiredAt === undefined || (expiresAt !== null && expiresAt <= expiredAt))
  );
}

/** Whether no record at all can match: a list without entries, or a time that ends before it begins. */
export function matchesNothing(filter: AskedFilter): boolean {
  const { scopes, ids, categories, supersededBy, sources, createdAfter, createdBefore } = filter;
  return (
    [scopes, ids, categories, supersededBy, sources].some((list) => list?.length === 0) ||
    (createdAfter !== undefined && createdBefore !== undefined && createdAfter >= createdBefore)
  );
}

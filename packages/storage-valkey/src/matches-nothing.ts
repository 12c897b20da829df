import type { RecordFilter } from "@unimem/core/storage";

/** Whether no record at all can match: a list without entries, or a time that ends before it begins. */
export function matchesNothing(filter: RecordFilter): boolean {
  const { scopes, ids, categories, supersededBy, sources, createdAfter, createdBefore } = filter;
  return (
    [scopes, ids, categories, supersededBy, sources].some((list) => list?.length === 0) ||
    (createdAfter !== undefined && createdBefore !== undefined && createdAfter >= createdBefore)
  );
}

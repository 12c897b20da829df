import type { MemoryRecord } from "../domain/memory-record.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import type { StorageBackend } from "./storage-backend.ts";

const pageSize = 1000;

/**
 * Everything that the records with these ids replaced, and what those replaced, newest replacement first; as far
 * as `within` shows it.
 */
export async function formerVersions(
  storage: Pick<StorageBackend, "list">,
  ids: readonly string[],
  within: Pick<RecordFilter, "visibleTo" | "scopes">,
): Promise<MemoryRecord[]> {
  const found = new Map<string, MemoryRecord>();
  let supersededBy = ids;
  while (supersededBy.length > 0) {
    const filter = { ...within, state: "superseded", supersededBy } as const;
    const next: MemoryRecord[] = [];
    for (let offset = 0; ; offset += pageSize) {
      const page = await storage.list({ filter, limit: pageSize, offset });
      next.push(...page.filter(({ id }) => !found.has(id) && !ids.includes(id)));
      if (page.length < pageSize) break;
    }
    for (const record of next) found.set(record.id, record);
    supersededBy = next.map(({ id }) => id);
  }
  return [...found.values()].sort(
    (a, b) =>
      time(b.supersededAt) - time(a.supersededAt) ||
      b.revision - a.revision ||
      (a.id < b.id ? -1 : 1),
  );
}

function time(date: Date | null): number {
  return date?.getTime() ?? 0;
}

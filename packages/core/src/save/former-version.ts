import type { StoredRecord } from "../domain/memory-record.ts";

/**
 * What stays of a record whose text is replaced at `supersededAt`. The id is made from the text's own moment,
 * so that writers in a race, or a repeated write, keep it once.
 */
export function formerVersion(record: StoredRecord, supersededAt: Date): StoredRecord {
  return {
    ...record,
    id: `${record.id}@${+record.updatedAt}`,
    supersededBy: record.id,
    supersededAt,
  };
}

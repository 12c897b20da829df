import {
  type Metadata,
  type MetadataOperators,
  meetsCondition,
  type RecordFilter,
} from "@unimem/core/storage";

/** Whether a record with this metadata, as stored, meets the conditions that SQL cannot decide. */
export type MetadataTest = (metadata: string) => boolean;

/** The test for the ranges of metadata values in `filter`, by core's own rule; `undefined` without any. */
export function metadataTest({ metadata = {} }: RecordFilter): MetadataTest | undefined {
  const ranges = Object.entries(metadata).filter(([, condition]) => isRange(condition));
  if (ranges.length === 0) return undefined;
  return (text) => {
    const parsed = JSON.parse(text) as Metadata;
    return ranges.every(([key, condition]) => meetsCondition(parsed, key, condition));
  };
}

function isRange({ gt, gte, lt, lte }: MetadataOperators): boolean {
  return [gt, gte, lt, lte].some((bound) => bound !== undefined);
}

import type { RecordFilter } from "@unimem/core/storage";

/** One filter that every reading method and `remove` are asked with. */
export interface FilterQuestion {
  readonly topic: string;
  readonly name: string;
  readonly proves: string;
  readonly filter: RecordFilter;
}

/** Questions of one topic by name, each in one line; without `visibleTo` they see everything. */
export function questionsAbout(
  topic: string,
  proves: string,
  filters: Readonly<Record<string, Partial<RecordFilter>>>,
): FilterQuestion[] {
  return Object.entries(filters).map(([name, conditions]) => ({
    topic,
    name,
    proves,
    filter: { visibleTo: "all", ...conditions },
  }));
}

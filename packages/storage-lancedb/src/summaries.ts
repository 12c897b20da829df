import type { Scope, ScopeSummary } from "@unimem/core/storage";
import type { RecordBatch, Table } from "apache-arrow";
import type { MetadataTest } from "./metadata-test.ts";
import { columnOf } from "./read-records.ts";

/** The scopes of an answer with the columns `scope`, `createdAt`, and `metadata` where there is a test of it. */
export function summarizeScopes(answer: Table, test: MetadataTest | undefined): ScopeSummary[] {
  const found = new Map<string, { count: number; oldest: number; newest: number }>();
  for (const batch of answer.batches) {
    const scopes = columnOf(batch, "scope");
    const times = columnOf(batch, "createdAt");
    for (const i of admittedRows(batch, test)) {
      const scope: string = scopes.get(i);
      const time: number = times.get(i);
      const summary = found.get(scope);
      if (summary === undefined) found.set(scope, { count: 1, oldest: time, newest: time });
      else {
        summary.count++;
        if (time < summary.oldest) summary.oldest = time;
        if (time > summary.newest) summary.newest = time;
      }
    }
  }
  return Array.from(found, ([scope, { count, oldest, newest }]) => ({
    scope: scope as Scope,
    count,
    oldest: new Date(oldest),
    newest: new Date(newest),
  }));
}

/** How many rows of an answer with the column `categories`, and `metadata` where there is a test, have each. */
export function countCategories(
  answer: Table,
  test: MetadataTest | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const batch of answer.batches) {
    // Read by the lists' offsets: a list as a value of its own takes Arrow ten times as long.
    const lists = columnOf(batch, "categories");
    const offsets = lists.data[0]?.valueOffsets;
    const texts: string[] = [...(lists.getChildAt(0) ?? [])];
    for (const i of admittedRows(batch, test))
      for (const category of new Set(texts.slice(offsets?.[i], offsets?.[i + 1])))
        counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return counts;
}

/** The earliest moment in a column of an answer; infinity where it holds none. */
export function earliest(answer: Table, name: string): number {
  let found = Number.POSITIVE_INFINITY;
  for (const batch of answer.batches) {
    const moments = columnOf(batch, name);
    if (moments.nullCount === moments.length) continue;
    for (const moment of moments) if (moment !== null && moment < found) found = moment;
  }
  return found;
}

function* admittedRows(batch: RecordBatch, test: MetadataTest | undefined): Iterable<number> {
  const metadata = test && columnOf(batch, "metadata");
  for (let i = 0; i < batch.numRows; i++)
    if (test === undefined || test(metadata?.get(i) ?? "{}")) yield i;
}

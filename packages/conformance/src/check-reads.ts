import assert from "node:assert/strict";
import {
  cosine,
  matchesFilter,
  newestFirst,
  type RecordFilter,
  type ScopeSummary,
  type StorageBackend,
  type StoredRecord,
} from "@unimem/core/storage";
import { assertRecords, assertStored } from "./assert-records.ts";

export interface ReadsQuery {
  readonly filter: RecordFilter;
  readonly limit: number;
  readonly offset?: number;
  readonly vector: Float32Array;
  /** One word, in lower case; a record has it where its content holds it. */
  readonly word: string;
}

/**
 * Asks every reading method the same question and compares each answer with the one that follows from
 * `held`, all records that the store holds, by core's own definitions of filter, order and similarity.
 */
export async function checkReads(
  storage: StorageBackend,
  held: readonly StoredRecord[],
  { filter, limit, offset = 0, vector, word }: ReadsQuery,
): Promise<void> {
  const expected = held.filter((record) => matchesFilter(record, filter)).sort(newestFirst);
  const checks: Record<string, () => Promise<void>> = {
    async list() {
      const found = await storage.list({ filter, limit, offset });
      assertRecords(found, expected.slice(offset, offset + limit));
    },
    async count() {
      assert.equal(await storage.count(filter), expected.length);
    },
    nearest: () => checkNearest(storage, expected, { filter, limit, vector }),
    matching: () => checkMatching(storage, expected, { filter, limit, word }),
    async get() {
      const ids = [...held.map(({ id }) => id), "nobody has this id"];
      const found = await storage.get(ids, filter);
      assert.equal(found.length, ids.length);
      for (const [i, id] of ids.entries()) {
        const record = expected.find((each) => each.id === id);
        if (record === undefined) assert.equal(found[i], undefined);
        else assertStored(found[i], record);
      }
    },
    async scopes() {
      assert.deepEqual(byScope(await storage.scopes(filter)), byScope(summarize(expected)));
    },
    async categories() {
      assert.deepEqual(await storage.categories(filter), countCategories(expected));
    },
  };
  for (const [method, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const asked = JSON.stringify({ filter, limit, offset });
      throw new Error(`${method} answered ${asked} wrongly.\n${message}`, { cause });
    }
  }
}

/** The nearest of `expected`, with core's similarities. Records that are equally near may stand in any order. */
export async function checkNearest(
  storage: StorageBackend,
  expected: readonly StoredRecord[],
  { filter, limit, vector }: Pick<ReadsQuery, "filter" | "limit" | "vector">,
): Promise<void> {
  const found = await storage.nearest({ vector, filter, limit });
  const similarities = expected
    .map((record) => cosine(vector, record.vector))
    .sort((a, b) => b - a)
    .slice(0, limit);
  assert.equal(found.length, similarities.length, "The number of nearest records is wrong.");
  assert.equal(new Set(found.map(({ record }) => record.id)).size, found.length);
  for (const [i, { record, similarity }] of found.entries()) {
    const stored = expected.find(({ id }) => id === record.id);
    assert.ok(stored, `The record ${JSON.stringify(record.id)} does not match the filter.`);
    assertRecords([record], [stored]);
    assertClose(similarity, cosine(vector, stored.vector));
    assertClose(similarity, similarities[i] as number);
    assert.ok(i === 0 || similarity <= (found[i - 1]?.similarity as number), "Not nearest first.");
  }
}

async function checkMatching(
  storage: StorageBackend,
  expected: readonly StoredRecord[],
  { filter, limit, word }: Pick<ReadsQuery, "filter" | "limit" | "word">,
): Promise<void> {
  if (storage.matching === undefined) return;
  const found = await storage.matching({ text: word, filter, limit });
  const having = expected.filter(({ content }) => content.toLowerCase().includes(word));
  assert.equal(found.length, Math.min(limit, having.length), "The number of matches is wrong.");
  assert.equal(new Set(found.map(({ record }) => record.id)).size, found.length);
  for (const [i, { record, vector, relevance }] of found.entries()) {
    const stored = having.find(({ id }) => id === record.id);
    assert.ok(stored, `The record ${JSON.stringify(record.id)} does not match.`);
    assertStored({ ...record, vector }, stored);
    assert.ok(relevance > 0 && Number.isFinite(relevance), "A relevance is not above zero.");
    assert.ok(i === 0 || relevance <= (found[i - 1]?.relevance as number), "Not in order.");
  }
}

function assertClose(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-5, `The similarity is ${actual}, not ${expected}.`);
}

function summarize(records: readonly StoredRecord[]): ScopeSummary[] {
  return [...Map.groupBy(records, ({ scope }) => scope)].map(([scope, inScope]) => {
    const times = inScope.map(({ createdAt }) => createdAt.getTime());
    return {
      scope,
      count: inScope.length,
      oldest: new Date(Math.min(...times)),
      newest: new Date(Math.max(...times)),
    };
  });
}

function byScope(summaries: readonly ScopeSummary[]): ScopeSummary[] {
  return summaries.toSorted((a, b) => (a.scope < b.scope ? -1 : 1));
}

function countCategories(records: readonly StoredRecord[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { categories } of records)
    for (const category of new Set(categories))
      counts.set(category, (counts.get(category) ?? 0) + 1);
  return counts;
}

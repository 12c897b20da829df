import type { Table } from "@lancedb/lancedb";
import {
  type MemoryRecord,
  matchesFilter,
  newestFirst,
  type RecordFilter,
  type ScopeSummary,
  type StorageBackend,
  type StoredRecord,
} from "@unimem/core/storage";
import type { Table as Answer } from "apache-arrow";
import { idChunks } from "./id-chunks.ts";
import { type MetadataTest, metadataTest } from "./metadata-test.ts";
import type { NativeLibrary } from "./native-library.ts";
import { newestIds } from "./newest-ids.ts";
import { rankedRows } from "./ranked-rows.ts";
import { readColumn, readRecords, readStoredRecords } from "./read-records.ts";
import { recordColumns } from "./record-schema.ts";
import { matchingIds, resolveFilter } from "./resolve-filter.ts";
import { countCategories, earliest, summarizeScopes } from "./summaries.ts";
import { readTable } from "./table-access.ts";
import { VersionCache } from "./version-cache.ts";
import { amongClause, whereClause } from "./where.ts";

export type RecordReads = Required<
  Pick<StorageBackend, "get" | "nearest" | "matching" | "list" | "count" | "scopes" | "categories">
>;

// With all partitions probed, a filter never costs results; refining makes the similarities exact.
const probes = 1_000;
const refineFactor = 10;
// Equal cosines are equal texts, of which the newest matter. Equal relevance is common, and every further look
// costs as much as the first, so only what comes with one look is sorted.
const mostTies = 1_000;
// For so many results, refining a multiple of them costs more than an exact scan.
const mostIndexedResults = 1_000;
// So often in a row that something on one page is taken away while it is read, somebody empties the store.
const mostLooks = 10;

/** Everything that is read from one table of records. */
export function recordReads({ lancedb }: NativeLibrary, table: Table): RecordReads {
  const scopeCache = new VersionCache<ScopeSummary[]>(4);
  const categoryCache = new VersionCache<Map<string, number>>(4);

  /**
   * What a thin scan of the matching rows adds up to. Core asks as of now, so the moment is no part of the
   * question that is remembered: the answer holds until the first of its rows expires.
   */
  async function summary<Sum>(
    cache: VersionCache<Sum>,
    filter: RecordFilter,
    columns: string[],
    sum: (answer: Answer, test: MetadataTest | undefined) => Sum,
  ): Promise<Sum> {
    const { aliveAt, ...lasting } = filter;
    const version = await readTable(table, () => table.version());
    const test = metadataTest(filter);
    const needed = [
      ...columns,
      ...(test === undefined ? [] : ["metadata"]),
      ...(aliveAt === undefined ? [] : ["expiresAt"]),
    ];
    const key = JSON.stringify([
      whereClause(lasting),
      aliveAt !== undefined,
      test && filter.metadata,
    ]);
    return cache.get(key, { version, at: aliveAt?.getTime() ?? 0 }, async () => {
      const scan = () => table.query().where(whereClause(filter)).select(needed).toArrow();
      const answer = await readTable(table, scan);
      const until =
        aliveAt === undefined ? Number.POSITIVE_INFINITY : earliest(answer, "expiresAt");
      return { answer: sum(answer, test), until };
    });
  }

  return {
    async get(ids, filter) {
      const found = new Map<string, StoredRecord>();
      for (const chunk of idChunks(ids)) {
        const clause = amongClause("id", chunk);
        const where = filter === undefined ? clause : `${clause} AND ${whereClause(filter)}`;
        const columns = [...recordColumns, "vector"];
        const ask = () => table.query().where(where).select(columns).toArrow();
        for (const record of readStoredRecords(await readTable(table, ask)))
          if (filter === undefined || matchesFilter(record, filter)) found.set(record.id, record);
      }
      return ids.map((id) => found.get(id));
    },

    async nearest({ vector, filter, limit }) {
      const { where, isComplete } = await resolveFilter(table, filter);
      const columns = [...recordColumns, "_distance"];
      const rows = await rankedRows(
        { limit, mostTies, admits: admission(filter) },
        async (size) => {
          const answer = await readTable(table, () => {
            const query = table
              .query()
              .nearestTo(vector)
              .distanceType("cosine")
              .where(where)
              .select(columns)
              .limit(size);
            return size > mostIndexedResults || !isComplete
              ? query.bypassVectorIndex().toArrow()
              : query.nprobes(probes).refineFactor(refineFactor).toArrow();
          });
          const distances = readColumn(answer, "_distance") as number[];
          return readRecords(answer).map((record, i) => ({
            record,
            rank: Math.max(-1, Math.min(1, 1 - (distances[i] ?? 1))),
          }));
        },
      );
      return rows.map(({ record, rank }) => ({ record, similarity: rank }));
    },

    async matching({ text, filter, limit }) {
      if (text.trim() === "") return [];
      // Not the text itself: between quotation marks LanceDB takes one for a phrase, for which the index is not made.
      const words = new lancedb.MatchQuery(text, "content");
      const { where } = await resolveFilter(table, filter);
      const columns = [...recordColumns, "vector", "_score"];
      const rows = await rankedRows(
        { limit, mostTies: 0, admits: admission(filter) },
        async (size) => {
          const answer = await readTable(table, () =>
            table.query().fullTextSearch(words).where(where).select(columns).limit(size).toArrow(),
          );
          const scores = readColumn(answer, "_score") as number[];
          return readStoredRecords(answer).map(({ vector, ...record }, i) => ({
            record,
            vector,
            rank: scores[i] ?? 0,
          }));
        },
      );
      return rows.map(({ record, vector, rank }) => ({ record, vector, relevance: rank }));
    },

    async list({ filter, limit, offset }) {
      for (let look = 1; ; look++) {
        const ids = await newestIds(table, filter, limit, offset);
        const found = await Promise.all(
          idChunks(ids).map((chunk) => {
            const where = `${amongClause("id", chunk)} AND ${whereClause(filter)}`;
            const ask = () => table.query().where(where).select(recordColumns).toArrow();
            return readTable(table, ask);
          }),
        );
        const page = found.flatMap(readRecords).filter(admission(filter)).sort(newestFirst);
        // What another process took away in between would leave a hole, and a short page reads as the last one.
        if (page.length === ids.length || look === mostLooks) return page;
      }
    },

    async count(filter) {
      if (metadataTest(filter) !== undefined) return (await matchingIds(table, filter)).length;
      return readTable(table, () => table.countRows(whereClause(filter)));
    },

    async scopes(filter) {
      const found = await summary(scopeCache, filter, ["scope", "createdAt"], summarizeScopes);
      return structuredClone(found);
    },

    async categories(filter) {
      return new Map(await summary(categoryCache, filter, ["categories"], countCategories));
    },
  };
}

/** Which of the rows that SQL admits are answered: all, unless ranges of metadata are asked for. */
function admission(filter: RecordFilter): (record: MemoryRecord) => boolean {
  return metadataTest(filter) === undefined
    ? () => true
    : (record) => matchesFilter(record, filter);
}

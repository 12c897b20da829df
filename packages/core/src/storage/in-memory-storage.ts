import MiniSearch from "minisearch";
import { MemoryError } from "../domain/memory-error.ts";
import { newestFirst, type StoredRecord, withoutVector } from "../domain/memory-record.ts";
import { matchesFilter, type RecordFilter } from "../domain/record-filter.ts";
import { type Runtime, systemRuntime } from "../domain/runtime.ts";
import { searchTerms } from "../domain/search-terms.ts";
import { cosine } from "../domain/vector.ts";
import { inMemoryReembedding, NewVectors } from "./in-memory-reembedding.ts";
import type { ScopeSummary, StorageBackend, VectorSpace } from "./storage-backend.ts";
import { checkVectorSpace, spaceMissing } from "./vector-space.ts";

const tombstoneMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Keeps everything in this process and loses it with it: for tests, for short-lived agents, and as the
 * reference that the other storages are compared with. Every read walks all records in one go, so with many of
 * them nothing else in the process, an abort included, gets its turn until it is done. The text index is
 * MiniSearch (BM25+).
 */
export function inMemoryStorage({
  runtime = systemRuntime,
}: {
  runtime?: Runtime;
} = {}): StorageBackend {
  const records = new Map<string, StoredRecord>();
  const removedAt = new Map<string, number>();
  const texts = new MiniSearch<StoredRecord>({
    fields: ["content"],
    tokenize: searchTerms,
    processTerm: (term) => term,
  });
  const newVectors = new NewVectors();
  let space: VectorSpace | undefined;
  let state: "new" | "open" | "closed" = "new";

  const matching = (filter: RecordFilter) =>
    [...records.values()].filter((record) => matchesFilter(record, filter));

  function put(record: StoredRecord): void {
    const known = records.get(record.id);
    if (removedAt.has(record.id) || (known !== undefined && known.revision >= record.revision))
      return;
    if (known !== undefined) texts.remove(known);
    const own = copy(record);
    records.set(own.id, own);
    texts.add(own);
  }

  function discard(id: string): void {
    const known = records.get(id);
    if (known !== undefined) texts.remove(known);
    records.delete(id);
    newVectors.discard(id);
    removedAt.set(id, runtime.now().getTime());
  }

  function use(): void {
    if (state === "open") return;
    throw new MemoryError(
      "CLOSED",
      `The in-memory storage is ${state === "new" ? "not open yet" : "closed"}.`,
    );
  }

  return {
    name: "in-memory",
    supports: {
      durability: "none",
      sharedAccess: false,
      atomicBatch: true,
      exactSearch: true,
      textSearch: true,
    },

    async open(expected) {
      if (state === "closed") use();
      if (expected !== undefined) {
        if (space !== undefined && records.size > 0) checkVectorSpace(space, expected);
        space = expected;
      }
      state = "open";
      return records.size > 0 && space !== undefined ? space : null;
    },

    async write({ put: incoming, remove }) {
      use();
      if (space === undefined && incoming.length > 0) throw spaceMissing();
      const weekAgo = runtime.now().getTime() - tombstoneMs;
      for (const [id, at] of removedAt) if (at < weekAgo) removedAt.delete(id);
      for (const id of remove) discard(id);
      for (const record of incoming) put(record);
    },

    async get(ids, filter) {
      use();
      return ids.map((id) => {
        const record = records.get(id);
        return record && (filter === undefined || matchesFilter(record, filter))
          ? copy(record)
          : undefined;
      });
    },

    async nearest({ vector, filter, limit }) {
      use();
      return matching(filter)
        .map((record) => ({ record, similarity: cosine(vector, record.vector) }))
        .sort((a, b) => b.similarity - a.similarity || newestFirst(a.record, b.record))
        .slice(0, limit)
        .map(({ record, similarity }) => ({ record: withoutVector(copy(record)), similarity }));
    },

    async matching({ text, filter, limit }) {
      use();
      return texts
        .search(text, { tokenize: distinctTerms })
        .map(({ id, score }) => ({ record: records.get(id) as StoredRecord, relevance: score }))
        .filter(({ record }) => matchesFilter(record, filter))
        .sort((a, b) => b.relevance - a.relevance || newestFirst(a.record, b.record))
        .slice(0, limit)
        .map(({ record, relevance }) => {
          const { vector, ...rest } = copy(record);
          return { record: rest, vector, relevance };
        });
    },

    async list({ filter, limit, offset }) {
      use();
      const page = matching(filter)
        .sort(newestFirst)
        .slice(offset, offset + limit);
      return page.map((record) => withoutVector(copy(record)));
    },

    async count(filter) {
      use();
      return matching(filter).length;
    },

    async scopes(filter) {
      use();
      const summaries = new Map<string, ScopeSummary>();
      for (const { scope, createdAt } of matching(filter)) {
        const { count, oldest, newest } = summaries.get(scope) ?? {
          count: 0,
          oldest: createdAt,
          newest: createdAt,
        };
        summaries.set(scope, {
          scope,
          count: count + 1,
          oldest: new Date(Math.min(+oldest, +createdAt)),
          newest: new Date(Math.max(+newest, +createdAt)),
        });
      }
      return [...summaries.values()];
    },

    async categories(filter) {
      use();
      const counts = new Map<string, number>();
      for (const { categories } of matching(filter))
        for (const category of new Set(categories))
          counts.set(category, (counts.get(category) ?? 0) + 1);
      return counts;
    },

    async remove(filter) {
      use();
      const doomed = matching(filter);
      for (const { id } of doomed) discard(id);
      return doomed.length;
    },

    async touch(ids, at) {
      use();
      for (const id of ids) {
        const record = records.get(id);
        if (record && record.lastAccessed < at)
          records.set(id, { ...record, lastAccessed: new Date(at) });
      }
    },

    async reembed(target) {
      use();
      return inMemoryReembedding(
        {
          records,
          newVectors,
          use,
          space: () => space,
          switchTo(next) {
            space = next;
          },
        },
        target,
      );
    },

    async close() {
      state = "closed";
    },
  };
}

/** A word that is asked for a thousand times is looked up once: a question may be a whole document. */
function distinctTerms(text: string): string[] {
  return [...new Set(searchTerms(text))];
}

// Callers may change what they gave or got; the store must not notice.
function copy(record: StoredRecord): StoredRecord {
  return structuredClone(record);
}

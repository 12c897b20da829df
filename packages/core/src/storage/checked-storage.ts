import { MemoryError } from "../domain/memory-error.ts";
import { type MemoryRecord, newestFirst } from "../domain/memory-record.ts";
import { matchesFilter, type RecordFilter } from "../domain/record-filter.ts";
import { covers, type Scope } from "../domain/scope.ts";
import { checkBatch, checkLimit, checkOffset, checkVector } from "./check-input.ts";
import { checkedReembedding } from "./checked-reembedding.ts";
import { sealedStorage } from "./sealed-storage.ts";
import type { StorageBackend, VectorSpace } from "./storage-backend.ts";

/**
 * The same storage, held to its contract at every call: what goes in is valid, and everything that comes out
 * satisfies the filter that was asked, once, in order, and not more than was asked. A breach rejects with
 * `STORAGE_CONTRACT`; it is never repaired silently, because a storage that leaks once leaks again.
 */
export function checkedStorage(backend: StorageBackend): StorageBackend {
  const storage = sealedStorage(backend, "STORAGE_UNAVAILABLE");
  let space: VectorSpace | undefined;
  const breach = (what: string) =>
    new MemoryError(
      "STORAGE_CONTRACT",
      `The storage "${storage.name}" ${what}. Please report this to its author.`,
    );

  function checkAnswer(
    records: readonly MemoryRecord[],
    filter: RecordFilter,
    limit: number,
  ): void {
    if (records.length > limit)
      throw breach(`answered with ${records.length} records where ${limit} were asked for`);
    if (new Set(records.map(({ id }) => id)).size < records.length)
      throw breach("answered with one record twice");
    if (!records.every((record) => matchesFilter(record, filter)))
      throw breach("answered with a record that the filter excludes");
  }

  function checkDescending(values: readonly number[], lowest: number, highest: number): void {
    for (const [i, value] of values.entries()) {
      if (!(value >= lowest && value <= highest))
        throw breach("answered with a similarity that is out of range");
      if (i > 0 && value > (values[i - 1] as number)) throw breach("answered in the wrong order");
    }
  }

  function checkCount(count: number): number {
    if (!Number.isSafeInteger(count) || count < 0)
      throw breach("answered with a count that is none");
    return count;
  }

  const { matching, reembed, onUpkeepFailed } = storage;
  const checked: StorageBackend = {
    name: storage.name,
    get supports() {
      return storage.supports;
    },

    async open(expected) {
      const stored = await storage.open(expected);
      if (
        stored &&
        expected &&
        (stored.dimensions !== expected.dimensions || stored.embedder !== expected.embedder)
      )
        throw breach("opened a store of another vector space than it was asked for");
      space = expected ?? stored ?? space; // an empty store keeps the space it was last opened with
      return stored;
    },

    async write(batch) {
      checkBatch(batch, space);
      await storage.write(batch);
    },

    async get(ids, filter) {
      const found = await storage.get(ids, filter);
      if (found.length !== ids.length || found.some((record, i) => record && record.id !== ids[i]))
        throw breach("answered a get with other ids than it was asked for");
      const present = found.filter((record) => record !== undefined);
      if (filter && !present.every((record) => matchesFilter(record, filter)))
        throw breach("answered with a record that the filter excludes");
      return found;
    },

    async nearest(query) {
      checkLimit(query.limit);
      checkVector(query.vector, space);
      const found = await storage.nearest(query);
      checkAnswer(
        found.map(({ record }) => record),
        query.filter,
        query.limit,
      );
      checkDescending(
        found.map(({ similarity }) => similarity),
        -1,
        1,
      );
      return found;
    },

    ...(matching && {
      async matching(query) {
        checkLimit(query.limit);
        const found = await matching(query);
        checkAnswer(
          found.map(({ record }) => record),
          query.filter,
          query.limit,
        );
        checkDescending(
          found.map(({ relevance }) => relevance),
          Number.MIN_VALUE,
          Number.MAX_VALUE,
        );
        return found;
      },
    }),

    async list(query) {
      checkLimit(query.limit);
      checkOffset(query.offset);
      const found = await storage.list(query);
      checkAnswer(found, query.filter, query.limit);
      if (found.some((record, i) => i > 0 && newestFirst(found[i - 1] as MemoryRecord, record) > 0))
        throw breach("answered in the wrong order");
      return found;
    },

    async count(filter) {
      return checkCount(await storage.count(filter));
    },

    async scopes(filter) {
      const found = await storage.scopes(filter);
      if (new Set(found.map(({ scope }) => scope)).size < found.length)
        throw breach("answered with one scope twice");
      const isAsked = (scope: Scope) =>
        filter.scopes?.some((outer) => covers(outer, scope)) ?? true;
      if (!found.every(({ scope }) => isAsked(scope)))
        throw breach("answered with a scope that the filter excludes");
      return found;
    },

    categories: (filter) => storage.categories(filter),

    async remove(filter, onProgress) {
      return checkCount(await storage.remove(filter, onProgress));
    },

    touch: (ids, at) => storage.touch(ids, at),

    ...(reembed && {
      async reembed(next) {
        const onSwitch = () => {
          space = next;
        };
        return checkedReembedding(await reembed(next), next, { breach, onSwitch });
      },
    }),

    ...(onUpkeepFailed && { onUpkeepFailed }),

    close: () => storage.close(),
  };
  // What throws here on an answer that is not even of the right shape is a breach too.
  return sealedStorage(checked, "STORAGE_CONTRACT");
}

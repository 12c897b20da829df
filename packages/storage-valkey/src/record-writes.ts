import {
  checkVectorSpace,
  MemoryError,
  type MemoryRecord,
  type RecordFilter,
  type StoredRecord,
  type VectorSpace,
  type WriteBatch,
} from "@unimem/core/storage";
import { chunks } from "./chunks.ts";
import { toMember } from "./encode-text.ts";
import type { FindRecords } from "./find-records.ts";
import { corruptRecord, searchedFields, vectorName } from "./record-hash.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { StoreReads } from "./store-reads.ts";
import type { VectorFields } from "./vector-fields.ts";
import { writeParts } from "./write-parts.ts";
import { forgetScript, removeScript, writeScript } from "./write-script.ts";

/** How long a removed id stays removed. */
export const tombstoneMs = 7 * 24 * 60 * 60 * 1_000;

/** While a script runs the server answers nobody else, so large removals take several. */
const mostRemovals = 500;

/** How often a write is begun anew whose vectors others take away. */
export const mostRounds = 10;

/** How many ids of records to remove are held at once. */
const mostCollected = 50_000;

export interface WritingTools {
  readonly reads: StoreReads;
  readonly find: FindRecords;
  readonly now: () => Date;
  /** Makes the sets anew where they hold ids of records that are not there. */
  readonly repair: () => Promise<unknown>;
}

/** Everything that changes the records of one store. Each call of the server is a script that may be repeated. */
export class RecordWrites {
  readonly #trips: RoundTrips;
  readonly #keys: StoreKeys;
  readonly #reads: StoreReads;
  readonly #find: FindRecords;
  readonly #now: () => Date;
  readonly #repair: () => Promise<unknown>;

  constructor(trips: RoundTrips, keys: StoreKeys, { reads, find, now, repair }: WritingTools) {
    this.#trips = trips;
    this.#keys = keys;
    this.#reads = reads;
    this.#find = find;
    this.#now = now;
    this.#repair = repair;
  }

  /**
   * As a whole or not at all. Vectors for an HNSW index go into keys of their own first, by plain commands, because a
   * script that writes to one stops the server for as long as the index takes; they are nobody's until the script names
   * them. Without a `space` nothing can be put.
   */
  async write(
    { put, remove }: WriteBatch,
    space: VectorSpace | undefined,
    { hasHnsw }: { hasHnsw: boolean },
  ): Promise<void> {
    for (const { vector } of put) checkWidth(vector, space);
    const script = put.length > 0 ? writeScript : forgetScript;
    for (let round = 1; ; round++) {
      const { fields } = this.#reads;
      if (hasHnsw) await this.writeVectors(put, fields);
      const parts = writeParts({ put, remove }, { hasHnsw, fields });
      const start = [
        ...this.scriptStart(),
        ...[String(space?.dimensions ?? ""), space?.embedder ?? "", fields.suffix],
      ];
      const answers = await this.#trips.transaction(
        script,
        this.#keys.ofScripts,
        parts.map((part) => [...start, ...part]),
      );
      // All parts see the same, so that one is refused where all are.
      const [dimensions, embedder] = answers[0] as string[];
      if (dimensions === undefined) return;
      if (embedder !== undefined && space !== undefined)
        return checkVectorSpace({ dimensions: Number(dimensions), embedder }, space);
      // A repair, or the same write at the same time, took a vector away before it was named; or it has to go
      // elsewhere, because the store came into a new space.
      if (round === mostRounds) throw corruptRecord();
      await this.#reads.check();
    }
  }

  protected async writeVectors(
    records: readonly StoredRecord[],
    fields: VectorFields,
  ): Promise<void> {
    for (const some of chunks(records, 100))
      await this.#trips.write(({ commands }) =>
        Promise.all(
          some.map((record) =>
            commands.hset(
              this.#keys.vector(vectorName(record, fields)),
              searchedFields(record, fields),
            ),
          ),
        ),
      );
  }

  /** In rounds of bounded size. Records that others changed while they were looked at are looked at again. */
  async remove(filter: RecordFilter, onProgress?: (removed: number) => void): Promise<number> {
    let count = 0;
    while (true) {
      const ids = await this.#firstIds(filter);
      const left = new Set(ids);
      let removed = 0;
      let changed = 0;
      for (const page of chunks(ids, mostRemovals)) {
        const among = { ...filter, ids: page };
        for await (const records of this.#find.pages(among, await this.#find.plan(among))) {
          const answers = await this.removeRecords(records);
          for (const [i, { id }] of records.entries()) if (answers[i] === 1) left.delete(id);
          removed += answers.filter((answer) => answer === 1).length;
          changed += answers.filter((answer) => answer === -1).length;
          onProgress?.(count + removed);
        }
      }
      count += removed;
      if (await this.#haveGhosts([...left])) await this.#repair();
      if (changed === 0 && (removed === 0 || ids.length < mostCollected)) return count;
    }
  }

  async touch(ids: readonly string[], at: Date): Promise<void> {
    await this.#reads.check();
    for (const page of chunks([...new Set(ids)], mostRemovals))
      await this.#trips.write(({ glide, commands }) =>
        commands.zadd(
          this.#keys.accesses,
          page.map((id) => ({ element: toMember(id), score: at.getTime() })),
          {
            conditionalChange: glide.ConditionalChange.ONLY_IF_EXISTS,
            updateOptions: glide.UpdateByScore.GREATER_THAN,
          },
        ),
      );
  }

  /** Collected before anything is removed, because removing moves what a walk would see next. */
  async #firstIds(filter: RecordFilter): Promise<string[]> {
    const ids = new Set<string>();
    for await (const page of this.#find.idPages(filter, await this.#find.plan(filter))) {
      for (const id of page) ids.add(id);
      if (ids.size >= mostCollected) break;
    }
    return [...ids];
  }

  /**
   * Whether the sets hold one of these ids though there is no such record, because somebody else deleted its key. An
   * id that was removed in the ordinary way comes into no set again within a week.
   */
  async #haveGhosts(ids: readonly string[]): Promise<boolean> {
    for (const some of chunks(ids, mostRemovals)) {
      const answers = await this.#trips.batch((batch) => {
        for (const id of some) {
          batch.exists([this.#keys.record(id)]);
          batch.zscore(this.#keys.accesses, toMember(id));
        }
      });
      for (let i = 0; i < answers.length; i += 2)
        if (answers[i] === 0 && answers[i + 1] !== null) return true;
    }
    return false;
  }

  /** For each 1: removed, 0: was not there, -1: has changed meanwhile. */
  protected async removeRecords(records: readonly MemoryRecord[]): Promise<number[]> {
    const start = this.scriptStart();
    const removed = await this.#trips.script(removeScript, this.#keys.ofScripts, (attempt) => [
      ...start,
      attempt > 1 ? "1" : "0",
      ...records.flatMap(({ id, revision }) => [toMember(id), String(revision)]),
    ]);
    return removed as number[];
  }

  /** What all scripts begin with: the keys' base, now, and since when removed ids are remembered. */
  protected scriptStart(): [base: string, now: string, weekAgo: string] {
    const now = this.#now().getTime();
    return [this.#keys.base, String(now), String(now - tombstoneMs)];
  }
}

export function checkWidth(vector: Float32Array, space: VectorSpace | undefined): void {
  if (space !== undefined && vector.length !== space.dimensions)
    throw new MemoryError(
      "DIMENSION_MISMATCH",
      `A vector has ${vector.length} numbers, but the store's have ${space.dimensions}.`,
      { expected: space.dimensions, actual: vector.length },
    );
}

import { createHash } from "node:crypto";
import {
  checkVectorSpace,
  type MemoryRecord,
  type RecordFilter,
  type StoredRecord,
  type VectorSpace,
  type WriteBatch,
} from "@unimem/core/storage";
import { chunks } from "./chunks.ts";
import {
  corruptRecord,
  recordFromJson,
  recordJson,
  searchedFields,
  vectorName,
} from "./record-hash.ts";
import {
  checkWidth,
  mostRounds,
  RecordWrites,
  tombstoneMs,
  type WritingTools,
} from "./record-writes.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { SpreadKeys } from "./spread-keys.ts";
import { buryScript, putScript, removeRecordScript } from "./spread-record-scripts.ts";
import { type PlannedChange, type SideState, SpreadSides } from "./spread-sides.ts";
import { failureKind, writeUnknown } from "./storage-error.ts";
import type { StoreReads } from "./store-reads.ts";
import { vectorFields } from "./vector-fields.ts";

/** A spread store is never re-embedded, so its vectors keep their first names. */
const names = vectorFields("");

const writtenAtOnce = 100;

/**
 * How long the server keeps what tells that an id was removed: a day more than it counts, because the week is
 * counted by the clocks of the writers.
 */
const lifetimeMs = tombstoneMs + 24 * 60 * 60 * 1_000;

/**
 * Everything that changes a store whose records lie on all shards. A write is first noted beside the records, then
 * each record is written by a script of its own slot, then one script brings the sets to what stands there and takes
 * the note away. A repetition finds the records as they are, and does what is left.
 */
export class SpreadWrites extends RecordWrites {
  readonly sides: SpreadSides;
  readonly #trips: RoundTrips;
  readonly #keys: SpreadKeys;
  readonly #reads: StoreReads;
  readonly #now: () => Date;

  constructor(trips: RoundTrips, keys: SpreadKeys, tools: WritingTools) {
    super(trips, keys, tools);
    this.#trips = trips;
    this.#keys = keys;
    this.#reads = tools.reads;
    this.#now = tools.now;
    this.sides = new SpreadSides(trips, keys, () => this.scriptStart());
  }

  override async write(
    { put, remove }: WriteBatch,
    space: VectorSpace | undefined,
    { hasHnsw }: { hasHnsw: boolean },
  ): Promise<void> {
    for (const { vector } of put) checkWidth(vector, space);
    // What is put is told the space of the store; what is only removed would not notice another.
    if (put.length === 0) await this.#reads.check();
    const now = this.#now();
    const changes = [
      ...put.map(({ id, revision }) => ({ id, put: revision })),
      ...remove.map((id) => ({ id, remove: "any" as const })),
    ];
    const name = writeName(changes);
    const stored = await this.sides.begin(name, changes, put.length > 0 ? space : undefined);
    if (stored !== undefined && space !== undefined) {
      await this.#reads.check();
      return checkVectorSpace(stored, space);
    }
    await begun(async () => {
      const removed = await inTurn(remove, (id) => this.#bury(id, now));
      const written = await inTurn(put, (record) => this.#put(record, now, hasHnsw));
      await this.sides.settle([...removed, ...written], { ends: name });
    });
  }

  /** Also finds what is not in the sets yet, and finishes what a removal that was broken off has left. */
  override async remove(
    filter: RecordFilter,
    onProgress?: (removed: number) => void,
  ): Promise<number> {
    const unfinished = await this.sides.settleBegun();
    const count = await super.remove(filter, onProgress);
    if (unfinished > 0) await this.sides.settleBegun();
    return count;
  }

  protected override async removeRecords(records: readonly MemoryRecord[]): Promise<number[]> {
    const now = this.#now();
    const changes = records.map(({ id, revision }) => ({ id, remove: revision }));
    const name = writeName(changes);
    await this.sides.begin(name, changes, undefined);
    return begun(async () => {
      const answers = await inTurn(records, async ({ id, revision }) => {
        const answer = await this.#script(removeRecordScript, id, now, (attempt) => [
          String(lifetimeMs),
          String(revision),
          attempt > 1 ? "1" : "0",
        ]);
        return answer as number;
      });
      const removed = records.filter((_, i) => answers[i] === 1);
      const states = removed.map(({ id }) => ({ id, removedAt: now.getTime() }));
      await this.sides.settle(states, { ends: name });
      return answers;
    });
  }

  async #bury(id: string, now: Date): Promise<SideState> {
    const time = await this.#script(buryScript, id, now, () => [String(lifetimeMs)]);
    return { id, removedAt: Number(time) };
  }

  async #put(record: StoredRecord, now: Date, apart: boolean): Promise<SideState> {
    const args = [
      String(record.revision),
      apart ? vectorName(record, names) : "",
      ...["json", recordJson(record)],
      ...(apart ? [] : Object.entries(searchedFields(record, names)).flat()),
    ];
    for (let round = 1; ; round++) {
      if (apart) await this.writeVectors([record], names);
      const answer = (await this.#script(putScript, record.id, now, () => args)) as string[];
      const [outcome, found = ""] = answer;
      if (outcome === "written") return { record };
      if (outcome === "kept") return { record: recordFromJson(found, null) };
      if (outcome === "gone") return { id: record.id, removedAt: Number(found) };
      // A repair, or the same write at the same time, took the vector away before it was named.
      if (round === mostRounds) throw corruptRecord();
    }
  }

  #script(
    code: string,
    id: string,
    now: Date,
    args: (
      attempt: number,
    ) => Parameters<RoundTrips["script"]>[2] extends (attempt: number) => infer Args ? Args : never,
  ) {
    const time = now.getTime();
    return this.#trips.script(code, this.#keys.ofRecord(id), (attempt) => [
      this.#keys.vectorsOf(id),
      String(time),
      String(time - tombstoneMs),
      ...args(attempt),
    ]);
  }
}

/** The same for the same write, so that its repetition takes away the note of the first try. */
function writeName(changes: readonly PlannedChange[]): string {
  return createHash("sha256").update(JSON.stringify(changes)).digest("hex");
}

/** From the first record on nobody can say that nothing was written. */
async function begun<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw failureKind(error) === "lasting" ? error : writeUnknown(error);
  }
}

/** Some at a time. Waits for all of them also where one fails. */
async function inTurn<Each, Answer>(
  list: readonly Each[],
  work: (each: Each) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const some of chunks(list, writtenAtOnce)) {
    const settled = await Promise.allSettled(some.map(work));
    for (const each of settled) {
      if (each.status === "rejected") throw each.reason;
      answers.push(each.value);
    }
  }
  return answers;
}

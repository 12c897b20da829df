import {
  type MemoryRecord,
  matchesFilter,
  newestFirst,
  type RecordFilter,
  type StoredRecord,
} from "@unimem/core/storage";
import { type CandidateSets, type Candidates, candidates } from "./candidates.ts";
import { chunks } from "./chunks.ts";
import { fromMember } from "./encode-text.ts";
import { fetchRecords, fetchStoredRecords } from "./fetch-records.ts";
import { matchesNothing } from "./matches-nothing.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { StoreReads } from "./store-reads.ts";
import { walkSets } from "./walk-sets.ts";

/** With more than this expired and not yet removed, each record is looked at instead. */
const mostExpired = 1_000;

/** How many ids a walk asks for at once, from each set. */
export const pageSize = 500;

/** Where the answer to a filter lies, and how much of it is known without looking at the records. */
export interface Plan {
  readonly candidates: Candidates;
  /** Ids that have expired at `aliveAt`: they are in the sets until somebody removes them. */
  readonly expired: ReadonlySet<string>;
  /** Whether `expired` is all of them. */
  readonly knowsExpired: boolean;
  /** Whether the candidates but for `expired` are the answer. */
  readonly exact: boolean;
}

/** Records by filter. What the sets cannot tell is asked of the records, page by page, before `limit` applies. */
export class FindRecords {
  readonly #reads: StoreReads;
  readonly #keys: StoreKeys;

  constructor(reads: StoreReads, keys: StoreKeys) {
    this.#reads = reads;
    this.#keys = keys;
  }

  async plan(filter: RecordFilter): Promise<Plan> {
    const found = await this.#candidates(filter);
    const expired = await this.#expiredIds(filter.aliveAt);
    const chosen = Array.isArray(found) ? await this.#smaller(found) : found;
    return {
      candidates: chosen,
      expired: expired ?? new Set(),
      knowsExpired: expired !== undefined,
      exact: expired !== undefined && chosen.kind === "sets" && chosen.exact,
    };
  }

  /** Every matching record, newest first, in pages. */
  async *pages(
    filter: RecordFilter,
    plan: Plan,
    size: number = pageSize,
  ): AsyncGenerator<MemoryRecord[]> {
    for await (const ids of this.#candidatePages(plan, size)) {
      const records = await fetchRecords(this.#reads, this.#keys, ids);
      const page = records.filter(
        (record) => record !== undefined && matchesFilter(record, filter),
      );
      if (page.length > 0) yield page as MemoryRecord[];
    }
  }

  /** The ids of all matching records in no order of meaning, in pages. */
  async *idPages(filter: RecordFilter, plan: Plan): AsyncGenerator<string[]> {
    if (plan.exact) yield* this.#exactPages(plan, pageSize, 0);
    else for await (const page of this.pages(filter, plan)) yield page.map(({ id }) => id);
  }

  /** The records with these ids, in their order; `undefined` for those that are not there or do not match. */
  async get(
    ids: readonly string[],
    filter: RecordFilter | undefined,
  ): Promise<(StoredRecord | undefined)[]> {
    const records = await fetchStoredRecords(this.#reads, this.#keys, ids);
    return records.map((record) =>
      record !== undefined && (filter === undefined || matchesFilter(record, filter))
        ? record
        : undefined,
    );
  }

  async list(filter: RecordFilter, limit: number, offset: number): Promise<MemoryRecord[]> {
    const plan = await this.plan(filter);
    if (plan.candidates.kind === "ids") {
      const all: MemoryRecord[] = [];
      for await (const page of this.pages(filter, plan)) all.push(...page);
      return all.sort(newestFirst).slice(offset, offset + limit);
    }
    return plan.exact
      ? this.#exactList(filter, plan, limit, offset)
      : this.#searchedList(filter, plan, limit, offset);
  }

  async #exactList(
    filter: RecordFilter,
    plan: Plan,
    limit: number,
    offset: number,
  ): Promise<MemoryRecord[]> {
    const found: MemoryRecord[] = [];
    const size = Math.min(limit + plan.expired.size, 2 * pageSize);
    for await (const ids of this.#exactPages(plan, size, offset)) {
      for (let at = 0; at < ids.length && found.length < limit; ) {
        const some = ids.slice(at, at + limit - found.length);
        at += some.length;
        // Removed or changed between the two looks.
        for (const record of await fetchRecords(this.#reads, this.#keys, some))
          if (record !== undefined && matchesFilter(record, filter)) found.push(record);
      }
      if (found.length >= limit) break;
    }
    return found;
  }

  async #searchedList(
    filter: RecordFilter,
    plan: Plan,
    limit: number,
    offset: number,
  ): Promise<MemoryRecord[]> {
    const found: MemoryRecord[] = [];
    for await (const page of this.pages(filter, plan)) {
      found.push(...page);
      if (found.length >= offset + limit) break;
    }
    return found.slice(offset, offset + limit);
  }

  async *#candidatePages({ candidates: from }: Plan, size: number): AsyncGenerator<string[]> {
    if (from.kind === "ids") {
      yield* chunks(from.ids, pageSize);
    } else yield* walkSets(this.#reads, from, size);
  }

  /** The ids of an exact plan, newest first, without those that have expired. */
  async *#exactPages(plan: Plan, size: number, skip: number): AsyncGenerator<string[]> {
    const sets = plan.candidates as CandidateSets;
    const { expired } = plan;
    let left = expired.size > 0 ? skip : 0;
    for await (const ids of walkSets(this.#reads, sets, size, skip - left)) {
      const alive = expired.size > 0 ? ids.filter((id) => !expired.has(id)) : ids;
      const page = alive.slice(left);
      left = Math.max(0, left - alive.length);
      if (page.length > 0) yield page;
    }
  }

  /** What has expired is kept by its time; few records ever have, so they are looked at in place of all others. */
  async #candidates(filter: RecordFilter): Promise<Candidates | [Candidates, Candidates]> {
    const { ids, expiredAt } = filter;
    if (expiredAt === undefined || ids !== undefined || matchesNothing(filter))
      return candidates(this.#keys, filter);
    const [members] = await this.#reads.batch(
      (batch, { InfBoundary }) => {
        batch.zrange(this.#keys.expiries, {
          type: "byScore",
          start: InfBoundary.NegativeInfinity,
          end: { value: expiredAt.getTime(), isInclusive: true },
        });
      },
      { long: true },
    );
    return { kind: "ids", ids: (members as string[]).map(fromMember) };
  }

  /** `undefined` where there are too many to hold. */
  async #expiredIds(aliveAt: Date | undefined): Promise<Set<string> | undefined> {
    if (aliveAt === undefined) return new Set();
    const [ids] = await this.#reads.batch((batch, { InfBoundary }) => {
      batch.zrange(this.#keys.expiries, {
        type: "byScore",
        start: InfBoundary.NegativeInfinity,
        end: { value: aliveAt.getTime(), isInclusive: true },
        limit: { offset: 0, count: mostExpired + 1 },
      });
    });
    const members = ids as string[];
    return members.length > mostExpired ? undefined : new Set(members.map(fromMember));
  }

  async #smaller(choices: readonly [Candidates, Candidates]): Promise<Candidates> {
    const sizes = await Promise.all(
      choices.map(async (choice) => {
        if (choice.kind === "ids") return choice.ids.length;
        const cards = await this.#reads.batch((batch) => {
          for (const key of choice.keys) batch.zcard(key);
        });
        return cards.reduce<number>((sum, card) => sum + (card as number), 0);
      }),
    );
    return (sizes[0] as number) <= (sizes[1] as number) ? choices[0] : choices[1];
  }
}

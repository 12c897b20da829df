import {
  covers,
  type MemoryRecord,
  matchesFilter,
  type RecordFilter,
  rootScope,
  type Scope,
  type ScopeSummary,
} from "@unimem/core/storage";
import { outermost } from "./candidates.ts";
import { chunks } from "./chunks.ts";
import { fromMember, toMember } from "./encode-text.ts";
import { fetchRecords } from "./fetch-records.ts";
import type { FindRecords, Plan } from "./find-records.ts";
import { matchesNothing } from "./matches-nothing.ts";
import type { StoreKeys, View } from "./store-keys.ts";
import type { StoreReads } from "./store-reads.ts";
import { viewsAsked } from "./views.ts";
import { createdRange } from "./walk-sets.ts";

interface Tools {
  readonly reads: StoreReads;
  readonly keys: StoreKeys;
  readonly find: FindRecords;
}

export async function countRecords(tools: Tools, filter: RecordFilter): Promise<number> {
  // Sums over no scope would be asked for by no command, which GLIDE refuses.
  if (matchesNothing(filter)) return 0;
  const { reads, keys, find } = tools;
  const plan = await find.plan(filter);
  const sets = plan.candidates;
  if (plan.exact && sets.kind === "sets" && !sets.overlap) {
    const sizes = await reads.batch((batch, glide) => {
      const { start, end } = createdRange(glide, sets);
      const isBounded = sets.createdAfter !== undefined || sets.createdBefore !== undefined;
      for (const key of sets.keys) isBounded ? batch.zcount(key, start, end) : batch.zcard(key);
    });
    return sum(sizes as number[]) - (await expiredRecords(tools, filter, plan)).length;
  }
  const category = plan.knowsExpired ? onlyCategory(filter) : undefined;
  if (category !== undefined) {
    const counts = await reads.batch((batch) => {
      for (const [view, scope] of viewsAndScopes(filter))
        batch.hget(keys.categories(view, scope), toMember(category));
    });
    return sum(counts.map(Number)) - (await expiredRecords(tools, filter, plan)).length;
  }
  let count = 0;
  for await (const ids of find.idPages(filter, plan)) count += ids.length;
  return count;
}

export async function countCategories(
  tools: Tools,
  filter: RecordFilter,
): Promise<Map<string, number>> {
  const { reads, keys, find } = tools;
  const plan = await find.plan(filter);
  const counts = new Map<string, number>();
  const add = (category: string, count: number) => {
    const next = (counts.get(category) ?? 0) + count;
    if (next > 0) counts.set(category, next);
    else counts.delete(category);
  };
  if (!hasSums(filter, plan)) {
    for await (const page of find.pages(filter, plan))
      for (const { categories } of page) for (const each of new Set(categories)) add(each, 1);
    return counts;
  }
  const hashes = await reads.batch((batch) => {
    for (const [view, scope] of viewsAndScopes(filter)) batch.hgetall(keys.categories(view, scope));
  });
  for (const hash of hashes as unknown as { key: string; value: string }[][])
    for (const { key, value } of hash) add(fromMember(key), Number(value));
  for (const { categories } of await expiredRecords(tools, filter, plan))
    for (const each of new Set(categories)) add(each, -1);
  return counts;
}

export async function summarizeScopes(tools: Tools, filter: RecordFilter): Promise<ScopeSummary[]> {
  const plan = await tools.find.plan(filter);
  const summaries = new Map<Scope, ScopeSummary>();
  const add = (scope: Scope, count: number, oldest: Date, newest: Date) => {
    const known = summaries.get(scope);
    summaries.set(scope, {
      scope,
      count: count + (known?.count ?? 0),
      oldest: known !== undefined && known.oldest < oldest ? known.oldest : oldest,
      newest: known !== undefined && known.newest > newest ? known.newest : newest,
    });
  };
  if (!hasSums(filter, plan)) {
    for await (const page of tools.find.pages(filter, plan))
      for (const { scope, createdAt } of page) add(scope, 1, createdAt, createdAt);
    return [...summaries.values()];
  }
  const expired = Map.groupBy(await expiredRecords(tools, filter, plan), ({ scope }) => scope);
  for (const page of chunks(await filledScopes(tools, filter), 150))
    for (const { scope, count, times } of await ends(tools, plan, page, expired))
      if (count > 0 && times.length > 0)
        add(scope, count, new Date(Math.min(...times)), new Date(Math.max(...times)));
  return [...summaries.values()];
}

/** The scopes asked for that hold records of a view themselves. */
async function filledScopes(
  { reads, keys }: Tools,
  filter: RecordFilter,
): Promise<(readonly [View, Scope])[]> {
  const asked = viewsAndScopes(filter);
  const members = await reads.batch((batch) => {
    for (const [view, scope] of asked)
      if (scope === rootScope) batch.zrange(keys.scopes(view), { start: 0, end: -1 });
      // All that begin with the scope, up to the character after the slash.
      else
        batch.zrange(keys.scopes(view), {
          type: "byLex",
          start: { value: toMember(scope), isInclusive: true },
          end: { value: `${toMember(scope)}0`, isInclusive: false },
        });
  });
  return asked.flatMap(([view, outer], i) =>
    (members[i] as string[])
      .map((member) => fromMember(member) as Scope)
      .filter((scope) => covers(outer, scope))
      .map((scope) => [view, scope] as const),
  );
}

/** How many records each scope holds, and the times of the first and last that have not expired. */
async function ends(
  { reads, keys }: Tools,
  plan: Plan,
  page: readonly (readonly [View, Scope])[],
  expired: ReadonlyMap<Scope, readonly MemoryRecord[]>,
): Promise<{ scope: Scope; count: number; times: number[] }[]> {
  const answers = await reads.batch((batch) => {
    for (const [view, scope] of page) {
      const key = keys.within(view, scope);
      const most = expired.get(scope)?.length ?? 0;
      batch.zcard(key);
      batch.zrangeWithScores(key, { start: 0, end: most });
      batch.zrangeWithScores(key, { start: -1 - most, end: -1 });
    }
  });
  return page.map(([view, scope], i) => {
    const [size, newest, oldest] = answers.slice(i * 3) as [number, ScoredMember[], ScoredMember[]];
    const gone = (expired.get(scope) ?? []).filter((record) => inView(record, view));
    const times = [...newest, ...oldest]
      .filter(({ key }) => !plan.expired.has(fromMember(key)))
      .map(({ value }) => -value);
    return { scope, count: size - gone.length, times };
  });
}

interface ScoredMember {
  readonly key: string;
  readonly value: number;
}

function inView(record: MemoryRecord, view: View): boolean {
  const state = record.supersededAt === null ? "c" : "s";
  return view.startsWith(state) && (view[1] === "p") !== record.private;
}

/** Records that the sets still hold and the filter would admit, had they not expired. */
async function expiredRecords(
  { reads, keys }: Tools,
  { aliveAt: _, ...filter }: RecordFilter,
  { expired }: Plan,
): Promise<MemoryRecord[]> {
  if (expired.size === 0) return [];
  const records = await fetchRecords(reads, keys, [...expired]);
  return records.filter(
    (record) => record !== undefined && matchesFilter(record, filter),
  ) as MemoryRecord[];
}

/** Whether the sums beside the records answer it: they are kept by view and scope, over all times. */
function hasSums({ categories, createdAfter, createdBefore }: RecordFilter, plan: Plan): boolean {
  const isNarrowed = [categories, createdAfter, createdBefore].some((each) => each !== undefined);
  return plan.exact && !isNarrowed;
}

/** The category, where nothing but it, scopes and a viewer is asked for. */
function onlyCategory(filter: RecordFilter): string | undefined {
  const { visibleTo: _, scopes, state, aliveAt, categories, ...others } = filter;
  const isAlone = Object.values(others).every((each) => each === undefined);
  return isAlone && categories?.length === 1 ? categories[0] : undefined;
}

function viewsAndScopes(filter: RecordFilter): (readonly [View, Scope])[] {
  const scopes = outermost(filter.scopes ?? [rootScope]);
  return viewsAsked(filter).flatMap((view) => scopes.map((scope) => [view, scope] as const));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

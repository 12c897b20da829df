import {
  matchesFilter,
  type NearestRecord,
  newestFirst,
  type RecordFilter,
} from "@unimem/core/storage";
import { candidates } from "./candidates.ts";
import { fetchNamedRecords } from "./fetch-records.ts";
import type { FindRecords } from "./find-records.ts";
import { matchesNothing } from "./matches-nothing.ts";
import { type NearestQuery, nearestByClient } from "./nearest-by-client.ts";
import type { SearchIndex } from "./search-index.ts";
import { aliveCondition, searchConditions } from "./search-query.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { StoreReads } from "./store-reads.ts";
import { countRecords } from "./summaries.ts";

interface Tools {
  readonly reads: StoreReads;
  readonly keys: StoreKeys;
  readonly find: FindRecords;
  readonly index: SearchIndex;
}

/** The most that the module answers with at once. */
const mostHits = 10_000;

/** So many records beside those that match cost less than a filter that almost all meet: about a fifth. */
const mostStrangers = 200;

/**
 * Search in the server. What its query cannot say is checked on the records that it answers with; where too
 * few of them hold, it is asked for four times as many, and in the end the search runs here.
 */
export async function nearestByModule(tools: Tools, query: NearestQuery): Promise<NearestRecord[]> {
  const { vector, filter, limit } = query;
  if (matchesNothing(filter)) return [];
  const isNamed = filter.ids !== undefined || filter.supersededBy !== undefined;
  const said = searchConditions(filter);
  if (isNamed || said === undefined || limit > mostHits) return nearestByClient(tools, query);
  const { conditions, strangers } = await relaxed(tools, filter, said);
  for (let k = limit + strangers; k <= mostHits; k = nextSize(k)) {
    const hits = await tools.index.nearest(vector, conditions, k);
    if (hits.length === 0) await tools.reads.check();
    // Each once: of two looks at a record that is being replaced each may find another of its vectors.
    const ids = [...new Set(hits.map(({ id }) => id))];
    const records = await fetchNamedRecords(tools.reads, tools.keys, ids);
    const byId = new Map(ids.map((id, i) => [id, records[i]]));
    const found = hits.flatMap(({ id, similarity, vectorName }) => {
      const named = byId.get(id);
      // A vector of its own may be of a former revision, or of one that was never written.
      if (named === undefined || named.vectorName !== vectorName) return [];
      return matchesFilter(named.record, filter) ? [{ record: named.record, similarity }] : [];
    });
    if (found.length < limit && hits.length === k) continue;
    if (found.length < limit && !tools.index.isExact && (await isMissing(tools, filter, found)))
      return nearestByClient(tools, query);
    return found
      .sort((a, b) => b.similarity - a.similarity || newestFirst(a.record, b.record))
      .slice(0, limit);
  }
  return nearestByClient(tools, query);
}

/** Whether more records match than were found. An approximate index may not reach all of few. */
async function isMissing(
  tools: Tools,
  filter: RecordFilter,
  found: readonly unknown[],
): Promise<boolean> {
  return (await countRecords(tools, filter)) > found.length;
}

function nextSize(k: number): number {
  return k === mostHits ? mostHits + 1 : Math.min(k * 4, mostHits);
}

/**
 * Without the conditions that all but a few records meet, because the module looks at each record that meets
 * one. `strangers` is how many of its answers may have to be passed over.
 */
async function relaxed(
  { reads, keys }: Tools,
  filter: RecordFilter,
  said: readonly string[],
): Promise<{ conditions: readonly string[]; strangers: number }> {
  const { aliveAt } = filter;
  const sets = candidates(keys, filter);
  const asked = !Array.isArray(sets) && sets.kind === "sets" && sets.exact ? sets : undefined;
  const isOverAllTimes = filter.createdAfter === undefined && filter.createdBefore === undefined;
  const views = asked !== undefined && !asked.overlap && isOverAllTimes ? asked.keys : [];
  const [total, expired, ...sizes] = (await reads.batch((batch, { InfBoundary }) => {
    batch.zcard(keys.accesses);
    batch.zcount(keys.expiries, InfBoundary.NegativeInfinity, { value: aliveAt?.getTime() ?? 0 });
    for (const key of views) batch.zcard(key);
  })) as [number, number, ...number[]];
  const others = total - sizes.reduce((sum, size) => sum + size, 0);
  const isAlmostAll = views.length > 0 && others <= mostStrangers;
  const conditions = isAlmostAll ? [] : said;
  const strangers = isAlmostAll ? others : 0;
  if (aliveAt === undefined) return { conditions, strangers };
  return expired <= mostStrangers
    ? { conditions, strangers: strangers + expired }
    : { conditions: [...conditions, aliveCondition(aliveAt)], strangers };
}

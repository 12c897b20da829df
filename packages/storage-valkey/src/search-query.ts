import { type RecordFilter, rootScope } from "@unimem/core/storage";
import { outermost } from "./candidates.ts";
import { toTag } from "./encode-text.ts";
import { never } from "./record-hash.ts";
import { viewsAsked } from "./views.ts";

/** Longer ones are refused by the server at 10,240 bytes; the rest is for what surrounds it. */
const longestQuery = 8_000;

/**
 * The conditions of a filter in the query language of the Search module, without `ids`, `supersededBy` and
 * `metadata`, which it cannot say, and without `aliveAt`. `undefined` where they are longer than a query may be.
 * Values are tags, which are letters, digits and `%`, or numbers: nothing that a caller wrote is in it as it was.
 */
export function searchConditions(filter: RecordFilter): string[] | undefined {
  const { scopes, categories, sources, createdAfter, createdBefore, asOf, expiredAt } = filter;
  const conditions = [...ownCondition(filter)];
  const within = outermost(scopes ?? [rootScope]);
  if (!within.includes(rootScope)) conditions.push(among("anc", within));
  if (categories !== undefined) conditions.push(among("cat", categories));
  if (sources !== undefined) conditions.push(among("src", sources));
  if (createdAfter !== undefined || createdBefore !== undefined) {
    const from = createdAfter === undefined ? "-inf" : createdAfter.getTime();
    const to = createdBefore === undefined ? "+inf" : `(${createdBefore.getTime()}`;
    conditions.push(`@ts:[${from} ${to}]`);
  }
  if (asOf !== undefined)
    conditions.push(`@upd:[-inf ${asOf.getTime()}]`, `@sup:[(${asOf.getTime()} +inf]`);
  if (expiredAt !== undefined) conditions.push(`@exp:[-inf ${expiredAt.getTime()}]`);
  const length = conditions.reduce((sum, each) => sum + each.length + 1, 0);
  return length <= longestQuery ? conditions : undefined;
}

export function aliveCondition(aliveAt: Date): string {
  return `@exp:[(${aliveAt.getTime()} ${never}]`;
}

/** The query for the `$k` nearest to `$q` that meet all conditions. */
export function nearestQuery(conditions: readonly string[], efRuntime: number | undefined): string {
  const filter = conditions.length === 0 ? "*" : `(${conditions.join(" ")})`;
  const ef = efRuntime === undefined ? "" : ` EF_RUNTIME ${efRuntime}`;
  return `${filter}=>[KNN $k @vec $q${ef} AS score]`;
}

/** State and viewer in one tag: `c` and `s` are on every record of the state, the views' names say who sees it. */
function ownCondition(filter: RecordFilter): string[] {
  if (filter.visibleTo !== "all") return [`@own:{${viewsAsked(filter).join("|")}}`];
  if (filter.asOf !== undefined || filter.state === "any") return [];
  return [`@own:{${filter.state === "superseded" ? "s" : "c"}}`];
}

function among(field: string, values: readonly string[]): string {
  return `@${field}:{${[...new Set(values.map(toTag))].join("|")}}`;
}

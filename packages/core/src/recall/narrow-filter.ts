import type { RecordFilter } from "../domain/record-filter.ts";
import { covers, type Scope } from "../domain/scope.ts";

/** Where and when to look, as a model understood a query. */
export interface Narrowing {
  /** Any of these; none says nothing. */
  readonly scopes: readonly Scope[];
  readonly period: Period | undefined;
}

/** Half-open: from its first moment to the first one past it; an absent end is open. */
export interface Period {
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
}

/**
 * The caller's filter and a narrowing at once: whatever satisfies the answer satisfies `filter`. Of scopes
 * and period, one that has nothing in common with the caller's own counts as not given.
 */
export function narrowFilter(filter: RecordFilter, { scopes, period }: Narrowing): RecordFilter {
  const common = commonScopes(filter.scopes, scopes);
  return {
    ...filter,
    ...(common.length > 0 && { scopes: common }),
    ...(period && commonPeriod(filter, period)),
  };
}

/** The places that lie in both; of two that lie in one another the outer. */
function commonScopes(own: RecordFilter["scopes"], scopes: readonly Scope[]): Scope[] {
  const common = (own ?? scopes).flatMap((a) =>
    scopes.flatMap((b) => (covers(a, b) ? [b] : covers(b, a) ? [a] : [])),
  );
  return [...new Set(common)].filter(
    (scope, _, all) => !all.some((other) => other !== scope && covers(other, scope)),
  );
}

function commonPeriod(own: Period, { createdAfter, createdBefore }: Period): Period {
  const after = extreme(Math.max, own.createdAfter, createdAfter);
  const before = extreme(Math.min, own.createdBefore, createdBefore);
  if (after && before && after >= before) return {};
  return { ...(after && { createdAfter: after }), ...(before && { createdBefore: before }) };
}

function extreme(pick: typeof Math.max, a: Date | undefined, b: Date | undefined) {
  return a && b ? new Date(pick(+a, +b)) : (a ?? b);
}

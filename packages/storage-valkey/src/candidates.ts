import { type RecordFilter, rootScope, type Scope } from "@unimem/core/storage";
import { matchesNothing } from "./matches-nothing.ts";
import type { StoreKeys } from "./store-keys.ts";
import { viewsAsked } from "./views.ts";

/** The sorted sets, all in one order, that together hold every record that a filter may match. */
export interface CandidateSets {
  readonly keys: readonly string[];
  /** Whether a record may be in several of them. */
  readonly overlap: boolean;
  /** Whether all that they hold within the times matches, but for what has expired. */
  readonly exact: boolean;
  readonly createdAfter: Date | undefined;
  readonly createdBefore: Date | undefined;
}

/** Where to look for what matches a filter: among these ids, or in these sets. */
export type Candidates =
  | { readonly kind: "ids"; readonly ids: readonly string[] }
  | ({ readonly kind: "sets" } & CandidateSets);

/**
 * The narrowest candidates that the keys beside the records offer without asking the server. Where both scopes
 * and categories are asked for it answers with both kinds of sets, for the caller to take the smaller.
 */
export function candidates(
  keys: StoreKeys,
  filter: RecordFilter,
): Candidates | [Candidates, Candidates] {
  const { ids, supersededBy, categories, metadata, sources, asOf, expiredAt } = filter;
  const { createdAfter, createdBefore } = filter;
  if (matchesNothing(filter)) return { kind: "ids", ids: [] };
  if (ids !== undefined) return { kind: "ids", ids: [...new Set(ids)] };
  const times = { createdAfter, createdBefore };
  if (supersededBy !== undefined) {
    const replaced = [...new Set(supersededBy)].map((id) => keys.replacedBy(id));
    return { kind: "sets", keys: replaced, overlap: false, exact: false, ...times };
  }
  const exact =
    metadata === undefined &&
    sources === undefined &&
    asOf === undefined &&
    expiredAt === undefined;
  const views = viewsAsked(filter);
  const scopes = outermost(filter.scopes ?? [rootScope]);
  const below: Candidates = {
    kind: "sets",
    keys: views.flatMap((view) => scopes.map((scope) => keys.below(view, scope))),
    overlap: false,
    exact: exact && categories === undefined,
    ...times,
  };
  if (categories === undefined) return below;
  const named = [...new Set(categories)];
  const isEverywhere = scopes.includes(rootScope);
  const having: Candidates = {
    kind: "sets",
    keys: views.flatMap((view) => named.map((category) => keys.having(view, category))),
    overlap: named.length > 1,
    exact: exact && isEverywhere,
    ...times,
  };
  return isEverywhere ? having : [below, having];
}

/** The scopes that are not below another of them, each once. */
export function outermost(scopes: readonly Scope[]): Scope[] {
  const given = new Set<string>(scopes);
  if (given.has(rootScope)) return [rootScope];
  // By what lies above each, because many scopes are not to be compared with each other.
  return [...new Set(scopes)].filter((scope) => {
    for (let at = scope.indexOf("/", 1); at !== -1; at = scope.indexOf("/", at + 1))
      if (given.has(scope.slice(0, at))) return false;
    return true;
  });
}

import {
  covers,
  type MemoryRecord,
  matchesFilter,
  type RecordFilter,
  type Scope,
} from "@unimem/core/storage";
import { everything } from "../store-calls.ts";
import { matchingBy } from "./matching-by.ts";
import type { Saboteur } from "./saboteur.ts";

/** Asks for another filter than it was given. */
function asking(name: string, change: (filter: RecordFilter) => RecordFilter): Saboteur {
  return { name, store: matchingBy((record, filter) => matchesFilter(record, change(filter))) };
}

function dropping(condition: Exclude<keyof RecordFilter, "visibleTo">): Saboteur {
  return asking(`drops the condition ${condition}`, ({ [condition]: _, ...rest }) => rest);
}

function later(time: Date | undefined, ms: number): Date | undefined {
  return time && new Date(time.getTime() + ms);
}

/** The given conditions without those that are undefined. */
function given(
  filter: { [Key in keyof RecordFilter]: RecordFilter[Key] | undefined },
): RecordFilter {
  return Object.fromEntries(
    Object.entries(filter).filter(([, condition]) => condition !== undefined),
  ) as unknown as RecordFilter;
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length === 0 ? undefined : list;
}

const conditions: Saboteur[] = [
  dropping("scopes"),
  dropping("ids"),
  dropping("categories"),
  dropping("metadata"),
  dropping("createdAfter"),
  dropping("createdBefore"),
  dropping("supersededBy"),
  dropping("state"),
  dropping("asOf"),
  dropping("sources"),
  asking("shows private records to everybody", (filter) => ({ ...filter, visibleTo: "all" })),
  asking("hides private records from their source", (filter) => ({
    ...filter,
    visibleTo: filter.visibleTo === "all" ? "all" : "public",
  })),
  {
    name: "shows private records without a source to every source",
    store: matchingBy(
      (record, filter) =>
        matchesFilter(record, filter) ||
        (record.source === null && matchesFilter({ ...record, private: false }, filter)),
    ),
  },
  asking("excludes the moment of createdAfter", (filter) =>
    given({ ...filter, createdAfter: later(filter.createdAfter, 1) }),
  ),
  asking("includes the moment of createdBefore", (filter) =>
    given({ ...filter, createdBefore: later(filter.createdBefore, 1) }),
  ),
  asking("takes asOf a millisecond early", (filter) =>
    given({ ...filter, asOf: later(filter.asOf, -1) }),
  ),
  {
    name: "ignores updatedAt in asOf",
    store: matchingBy((record, filter) =>
      matchesFilter(
        filter.asOf === undefined ? record : { ...record, updatedAt: record.createdAt },
        filter,
      ),
    ),
  },
  {
    name: "applies state beside asOf",
    store: matchingBy(
      (record, { asOf, ...rest }) =>
        matchesFilter(record, rest) &&
        (asOf === undefined || matchesFilter(record, { ...everything, asOf })),
    ),
  },
  {
    name: "ignores case in the condition sources",
    store: matchingBy(
      (record, { sources, ...rest }) =>
        matchesFilter(record, rest) &&
        (sources === undefined ||
          sources.some((each) => each.toLowerCase() === record.source?.toLowerCase())),
    ),
  },
  {
    name: "takes a missing source for the empty one",
    store: matchingBy(
      (record, { sources, ...rest }) =>
        matchesFilter(record, rest) &&
        (sources === undefined || sources.includes(record.source ?? "")),
    ),
  },
  asking("shows the private records of the sources asked for", (filter) =>
    filter.sources === undefined ? filter : { ...filter, visibleTo: "all" },
  ),
  asking("takes an empty list of sources for no condition", ({ sources, ...rest }) =>
    given({ ...rest, sources: nonEmpty(sources) }),
  ),
  asking("takes an empty list for no condition", ({ ids, categories, scopes, ...rest }) =>
    given({
      ...rest,
      ids: nonEmpty(ids),
      categories: nonEmpty(categories),
      scopes: nonEmpty(scopes),
    }),
  ),
  {
    name: "wants all categories instead of any",
    store: matchingBy(
      (record, { categories, ...rest }) =>
        matchesFilter(record, rest) &&
        (categories === undefined ||
          (categories.length > 0 && categories.every((each) => record.categories.includes(each)))),
    ),
  },
  {
    name: "ignores case in categories",
    store: matchingBy((record, filter) =>
      matchesFilter(
        { ...record, categories: record.categories.map((each) => each.toLowerCase()) },
        given({ ...filter, categories: filter.categories?.map((each) => each.toLowerCase()) }),
      ),
    ),
  },
  {
    name: "finds a category inside another",
    store: matchingBy(
      (record, { categories, ...rest }) =>
        matchesFilter(record, rest) &&
        (categories === undefined ||
          categories.some((each) => record.categories.join().includes(each))),
    ),
  },
  {
    name: "cuts lists of ids to a hundred",
    store: (storage) => ({
      ...matchingBy((record, filter) =>
        matchesFilter(record, given({ ...filter, ids: filter.ids?.slice(0, 100) })),
      )(storage),
    }),
  },
];

/** Sees `scopes` by a rule of its own. */
function scoping(name: string, holds: (outer: Scope, inner: Scope) => boolean): Saboteur {
  return {
    name,
    store: matchingBy(
      (record: MemoryRecord, { scopes, ...rest }) =>
        matchesFilter(record, rest) &&
        (scopes === undefined || scopes.some((outer) => holds(outer, record.scope))),
    ),
  };
}

function like(pattern: string): RegExp {
  const plain = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${plain.replaceAll("%", ".*").replaceAll("_", ".")}(/.*)?$`, "s");
}

const scopes: Saboteur[] = [
  scoping("takes scopes for prefixes of strings", (outer, inner) => inner.startsWith(outer)),
  scoping("knows a scope itself, not what lies below", (outer, inner) => outer === inner),
  scoping("knows what lies below a scope, not the scope itself", (outer, inner) =>
    outer === "/" ? true : inner.startsWith(`${outer}/`),
  ),
  scoping("reads % and _ in scopes as wildcards", (outer, inner) =>
    outer === "/" ? true : like(outer).test(inner),
  ),
  scoping("ignores case in scopes", (outer, inner) =>
    covers(outer.toLowerCase() as Scope, inner.toLowerCase() as Scope),
  ),
  scoping("folds accents and widths in scopes", (outer, inner) =>
    covers(outer.normalize("NFKC") as Scope, inner.normalize("NFKC") as Scope),
  ),
  scoping("compares the first 255 characters of scopes", (outer, inner) =>
    covers(outer.slice(0, 255) as Scope, inner.slice(0, 255) as Scope),
  ),
  scoping("finds a scope anywhere in a path", (outer, inner) => inner.includes(outer)),
  scoping("takes the root for a scope without anything below", (outer, inner) =>
    outer === "/" ? inner === "/" : covers(outer, inner),
  ),
];

export const filterSaboteurs: readonly Saboteur[] = [...conditions, ...scopes];

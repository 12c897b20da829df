import type { MemoryRecord } from "./memory-record.ts";
import { type MetadataOperators, meetsCondition } from "./metadata-condition.ts";
import { covers, type Scope } from "./scope.ts";

/** Everything, public records only, or public records and the private ones of one source. */
export type Visibility = "all" | "public" | { readonly source: string };

/**
 * Which records a storage may answer with. All given conditions must hold; an absent one holds for every
 * record; an empty list holds for none. {@link matchesFilter} is the definition that adapters are held to.
 */
export interface RecordFilter {
  /** Required, so that nobody forgets it. */
  readonly visibleTo: Visibility;
  /** In one of these scopes or below it. */
  readonly scopes?: readonly Scope[];
  readonly ids?: readonly string[];
  /** Came from one of these. */
  readonly sources?: readonly string[];
  /** Has at least one of these. */
  readonly categories?: readonly string[];
  /** Every named key meets its condition. */
  readonly metadata?: { readonly [key: string]: MetadataOperators };
  /** Created at this moment or later. */
  readonly createdAfter?: Date;
  /** Created earlier than this moment. */
  readonly createdBefore?: Date;
  /** Replaced by one of these records. */
  readonly supersededBy?: readonly string[];
  /** @default "current" */
  readonly state?: "current" | "superseded" | "any";
  /** What was current at this moment, whatever has replaced it since. Takes the place of `state`. */
  readonly asOf?: Date;
  /** Not expired at this moment: it never expires, or later. Holds beside `state` and `asOf`. */
  readonly aliveAt?: Date;
  /** Expired at this moment or earlier. Holds beside `state` and `asOf`. */
  readonly expiredAt?: Date;
}

/** Whether `record` satisfies every condition of `filter`. */
export function matchesFilter(record: MemoryRecord, filter: RecordFilter): boolean {
  const { scopes, ids, sources, categories, metadata } = filter;
  const { createdAfter, createdBefore, supersededBy } = filter;
  return (
    isVisible(record, filter.visibleTo) &&
    isInState(record, filter) &&
    livesAsAsked(record, filter) &&
    (scopes === undefined || scopes.some((scope) => covers(scope, record.scope))) &&
    (ids === undefined || ids.includes(record.id)) &&
    (sources === undefined || (record.source !== null && sources.includes(record.source))) &&
    (categories === undefined || categories.some((each) => record.categories.includes(each))) &&
    (metadata === undefined ||
      Object.entries(metadata).every(([key, condition]) =>
        meetsCondition(record.metadata, key, condition),
      )) &&
    (createdAfter === undefined || record.createdAt >= createdAfter) &&
    (createdBefore === undefined || record.createdAt < createdBefore) &&
    (supersededBy === undefined ||
      (record.supersededBy !== null && supersededBy.includes(record.supersededBy)))
  );
}

function isVisible(record: MemoryRecord, visibleTo: Visibility): boolean {
  if (visibleTo === "all" || !record.private) return true;
  return visibleTo !== "public" && record.source === visibleTo.source;
}

function isInState(record: MemoryRecord, { state = "current", asOf }: RecordFilter): boolean {
  const { updatedAt, supersededAt } = record;
  if (asOf !== undefined)
    return updatedAt <= asOf && (supersededAt === null || supersededAt > asOf);
  return state === "any" || (supersededAt === null) === (state === "current");
}

function livesAsAsked({ expiresAt }: MemoryRecord, { aliveAt, expiredAt }: RecordFilter): boolean {
  if (aliveAt !== undefined && expiresAt !== null && expiresAt <= aliveAt) return false;
  return expiredAt === undefined || (expiresAt !== null && expiresAt <= expiredAt);
}

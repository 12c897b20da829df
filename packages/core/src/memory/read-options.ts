import { invalidInput } from "../domain/memory-error.ts";
import { givenEntries } from "../domain/metadata.ts";
import { type MetadataFilter, parseCondition } from "../domain/metadata-condition.ts";
import {
  type Parsed,
  parseBoolean,
  parseDate,
  parseLimit,
  parseNatural,
  parseOneOf,
  parseOptions,
  parseSignal,
  parseText,
  parseTexts,
} from "../domain/parse-options.ts";
import { parseScope } from "../domain/scope.ts";
import { parseTimeZone } from "../domain/time-zone.ts";

/**
 * On whose behalf a call is made. Without either, only public records are seen. A view that is bound to a source
 * (`as`) refuses another one, and `includePrivate: true`, with `INVALID_INPUT`.
 */
export interface ReadOptions {
  /** Also the private records of this source. */
  readonly source?: string | undefined;
  /** Also the private records of everyone. @default false */
  readonly includePrivate?: boolean | undefined;
}

/** Which records. All given conditions must hold; an empty list selects nothing. */
export interface SelectOptions extends ReadOptions {
  /** This scope and everything below it, relative to the view's root. @default "/" */
  readonly scope?: string | undefined;
  /** Records that have at least one of these. */
  readonly categories?: readonly string[] | undefined;
  /** Values or conditions by key, all of which must hold: `{ team: "core", year: { gte: 2024 } }`. */
  readonly metadata?: MetadataFilter | undefined;
  /** Created at this moment or later. */
  readonly createdAfter?: Date | undefined;
  /** Created earlier than this moment. */
  readonly createdBefore?: Date | undefined;
}

export interface CountOptions extends Omit<SelectOptions, "scope"> {
  /** What was current at this moment. */
  readonly asOf?: Date | undefined;
}

export interface ListOptions extends SelectOptions {
  readonly asOf?: Date | undefined;
  /** At most this many, 1..10000. @default 200 */
  readonly limit?: number | undefined;
  /** Skips this many of the newest. @default 0 */
  readonly offset?: number | undefined;
}

export interface RecallOptions extends SelectOptions {
  readonly asOf?: Date | undefined;
  /** At most this many, 1..1000. @default 10 */
  readonly limit?: number | undefined;
  /** `"shallow"` is one search; `"deep"` may think with a model. Without one they are the same. @default "deep" */
  readonly depth?: "deep" | "shallow" | undefined;
  /** The IANA name of the time zone in which the query means "yesterday". @default the memory's */
  readonly timeZone?: string | undefined;
  /** Aborting it rejects the call with `ABORTED` at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface TreeOptions extends ReadOptions {
  /** How many levels below the path are shown. @default 3 */
  readonly maxDepth?: number | undefined;
}

/** What `forget` deletes: at least one condition beyond `source` and `includePrivate` must be given. */
export interface ForgetFilter extends SelectOptions {
  readonly ids?: readonly string[] | undefined;
  /** What was current at this moment, current still or not; what has replaced it since stays. */
  readonly asOf?: Date | undefined;
}

const who = { source: parseText, includePrivate: parseBoolean };
const which = {
  ...who,
  scope: parseScope,
  categories: parseTexts,
  metadata: parseMetadataFilter,
  createdAfter: parseDate,
  createdBefore: parseDate,
};
const { scope: _, ...counted } = { ...which, asOf: parseDate };

export const parseReadOptions = (options: unknown) => parseOptions(options, who, "options");
export const parseTreeOptions = (options: unknown) =>
  parseOptions(options, { ...who, maxDepth: parseNatural }, "options");
export const parseCountOptions = (options: unknown) => parseOptions(options, counted, "options");
export const parseListOptions = (options: unknown) =>
  parseOptions(
    options,
    { ...which, asOf: parseDate, limit: parseLimit, offset: parseNatural },
    "options",
  );
export const parseRecallOptions = (options: unknown) =>
  parseOptions(
    options,
    {
      ...which,
      asOf: parseDate,
      limit: (value: unknown, field: string) => parseLimit(value, field, 1000),
      depth: parseOneOf(["deep", "shallow"]),
      timeZone: parseTimeZone,
      signal: parseSignal,
    },
    "options",
  );

/** Refuses a filter that would delete everything because it says nothing. */
export function parseForgetFilter(filter: unknown) {
  const { source, includePrivate, ...selected } = parseOptions(
    filter,
    { ...which, ids: parseTexts, asOf: parseDate },
    "filter",
  );
  const { metadata } = selected;
  if (metadata && Object.keys(metadata).length === 0) delete selected.metadata;
  if (Object.keys(selected).length === 0)
    throw invalidInput(
      "filter",
      "forget needs a condition, such as ids or scope. To delete everything call reset().",
    );
  return {
    ...selected,
    ...(source !== undefined && { source }),
    ...(includePrivate !== undefined && { includePrivate }),
  };
}

type Conditions = Omit<Parsed<typeof which>, "source" | "includePrivate">;

/** Parsed options, without the keys that only steer a call. */
export type Selection = ReadOptions & Conditions & { ids?: readonly string[]; asOf?: Date };

function parseMetadataFilter(value: unknown, field: string) {
  const given = givenEntries(value, field);
  if (given === undefined)
    throw invalidInput(field, `${field} must be an object of conditions by key.`);
  if (!given.every(([key]) => key.isWellFormed()))
    throw invalidInput(field, `${field} has a key with half of a surrogate pair.`);
  return Object.fromEntries(
    given
      .filter(([, condition]) => condition !== undefined)
      .map(([key, condition]) => [key, parseCondition(condition, `${field} condition`)]),
  );
}

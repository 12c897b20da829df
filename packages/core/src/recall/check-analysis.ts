import { isPlainObject } from "../domain/metadata.ts";
import { joinScopes, type Scope } from "../domain/scope.ts";
import { endOfDay, parseDay, startOfDay } from "../domain/time-zone.ts";
import { usableTexts } from "../model/usable-texts.ts";
import type { Narrowing, Period } from "./narrow-filter.ts";

/** What a model made of a query. Always legal, whoever answered. */
export interface QueryAnalysis extends Narrowing {
  readonly period: NamedPeriod | undefined;
  /** At least one. */
  readonly queries: readonly string[];
  readonly keywords: readonly string[];
  readonly complex: boolean;
}

export interface NamedPeriod extends Period {
  /** In days, for people. */
  readonly name: string;
}

const maxQueries = 3;
const maxQueryLength = 500;
const maxKeywords = 8;
const maxKeywordLength = 64;
const maxScopes = 8;

/**
 * Turns any answer of a model into an analysis; `undefined` where it has no query to search for. Total:
 * whatever is malformed or too much is left out. Scopes and period are what the model says, not what the
 * caller may see: only {@link narrowFilter} makes a filter of them. Its scopes are relative to `root`.
 */
export function checkAnalysis(
  answer: unknown,
  timeZone: string,
  root: Scope,
): QueryAnalysis | undefined {
  if (!isPlainObject(answer)) return undefined;
  const queries = usableTexts(answer.queries, maxQueryLength, maxQueries);
  if (queries.length === 0) return undefined;
  return {
    queries,
    keywords: usableTexts(answer.keywords, maxKeywordLength, maxKeywords),
    complex: answer.complexity === "complex",
    scopes: usableTexts(answer.scopes, 600, maxScopes).flatMap((path) => scopeOf(path, root)),
    period: periodOf(answer.from, answer.until, timeZone),
  };
}

function scopeOf(path: string, root: Scope): Scope[] {
  try {
    return [joinScopes(root, path)];
  } catch {
    return []; // no place that a record can have
  }
}

/** `null` is an open end. A day that does not exist, or an end before the beginning, voids the whole period. */
function periodOf(from: unknown, until: unknown, timeZone: string): NamedPeriod | undefined {
  const [first, last] = [from, until].map((day) => (day === null ? null : parseDay(day)));
  if (first === undefined || last === undefined || (first ?? last) === null) return undefined;
  if (first && last && first > last) return undefined;
  return {
    name: [first && `from ${first}`, last && `to ${last}`].filter(Boolean).join(" "),
    ...(first && { createdAfter: startOfDay(first, timeZone) }),
    ...(last && { createdBefore: endOfDay(last, timeZone) }),
  };
}

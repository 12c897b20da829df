import { type MetadataOperators, type RecordFilter, rootScope } from "@unimem/core/storage";
import { keyTerm, valueTerm } from "./metadata-terms.ts";
import { sqlMoment, sqlText, sqlTexts } from "./sql-literal.ts";

/**
 * The SQL condition for everything in `filter` but the ranges of metadata values (`gt gte lt lte`), of which
 * it only asks that the key is there; see `resolveFilter` for these. `"true"` where nothing is asked.
 */
export function whereClause(filter: RecordFilter): string {
  const { scopes, ids, sources, categories, metadata } = filter;
  const { createdAfter, createdBefore, supersededBy } = filter;
  const clauses = [visibilityClause(filter), stateClause(filter), ...lifeClauses(filter)];
  if (scopes !== undefined) clauses.push(scopesClause(scopes));
  if (ids !== undefined) clauses.push(amongClause("id", ids));
  if (sources !== undefined) clauses.push(amongClause("source", sources));
  if (categories !== undefined) clauses.push(anyTermClause("categories", categories));
  if (createdAfter !== undefined) clauses.push(`createdAt >= ${sqlMoment(createdAfter)}`);
  if (createdBefore !== undefined) clauses.push(`createdAt < ${sqlMoment(createdBefore)}`);
  if (supersededBy !== undefined) clauses.push(amongClause("supersededBy", supersededBy));
  for (const [key, condition] of Object.entries(metadata ?? {}))
    clauses.push(...metadataClauses(key, condition));
  const needed = clauses.filter((clause) => clause !== "true");
  return needed.length === 0 ? "true" : needed.join(" AND ");
}

/** Whether the column holds one of `values`. */
export function amongClause(column: string, values: readonly string[]): string {
  return values.length === 0 ? "false" : `${column} IN (${sqlTexts(values)})`;
}

function visibilityClause({ visibleTo }: RecordFilter): string {
  if (visibleTo === "all") return "true";
  if (visibleTo === "public") return "private = false";
  return `(private = false OR source = ${sqlText(visibleTo.source)})`;
}

function stateClause({ state = "current", asOf }: RecordFilter): string {
  if (asOf !== undefined) {
    const moment = sqlMoment(asOf);
    return `updatedAt <= ${moment} AND (supersededAt IS NULL OR supersededAt > ${moment})`;
  }
  if (state === "any") return "true";
  return state === "current" ? "supersededAt IS NULL" : "supersededAt IS NOT NULL";
}

function lifeClauses({ aliveAt, expiredAt }: RecordFilter): string[] {
  const clauses: string[] = [];
  if (aliveAt !== undefined)
    clauses.push(`(expiresAt IS NULL OR expiresAt > ${sqlMoment(aliveAt)})`);
  if (expiredAt !== undefined) clauses.push(`expiresAt <= ${sqlMoment(expiredAt)}`);
  return clauses;
}

// What lies below /p is a range of text, because "0" follows "/": no wildcard that a scope could contain.
function scopesClause(scopes: readonly string[]): string {
  if (scopes.includes(rootScope)) return "true";
  if (scopes.length === 0) return "false";
  const ranges = scopes.map(
    (scope) => `(scope >= ${sqlText(`${scope}/`)} AND scope < ${sqlText(`${scope}0`)})`,
  );
  return `(${amongClause("scope", scopes)} OR ${anyOf(ranges)})`;
}

// Nested in halves: a chain of thousands of ORs would be as deep as it is long, and overflow the parser.
function anyOf(clauses: readonly string[]): string {
  if (clauses.length <= 2) return clauses.join(" OR ");
  const middle = clauses.length >> 1;
  return `(${anyOf(clauses.slice(0, middle))}) OR (${anyOf(clauses.slice(middle))})`;
}

function metadataClauses(key: string, condition: MetadataOperators): string[] {
  const { eq, ne, gt, gte, lt, lte, in: among, exists } = condition;
  const clauses: string[] = [];
  const has = (term: string) => anyTermClause("metadataTerms", [term]);
  const isRange = [gt, gte, lt, lte].some((bound) => bound !== undefined);
  if (eq !== undefined) clauses.push(has(valueTerm(key, eq)));
  if (ne !== undefined) clauses.push(`NOT ${has(valueTerm(key, ne))}`);
  if (among !== undefined)
    clauses.push(
      anyTermClause(
        "metadataTerms",
        among.map((value) => valueTerm(key, value)),
      ),
    );
  if (exists === true || isRange) clauses.push(has(keyTerm(key)));
  if (exists === false) clauses.push(`NOT ${has(keyTerm(key))}`);
  return clauses;
}

function anyTermClause(column: string, terms: readonly string[]): string {
  return terms.length === 0 ? "false" : `array_has_any(${column}, [${sqlTexts(terms)}])`;
}

import { bulk, integer, list, type RespValue } from "../resp.ts";
import type { IndexDefinition } from "./index-definition.ts";
import type { IndexedHash } from "./indexed-hash.ts";
import { printedNumber } from "./printed-number.ts";
import type { NearestClause, SearchRequest } from "./search-request.ts";

interface Hit {
  readonly hash: IndexedHash;
  readonly distance?: number;
}

/** The answer to FT.SEARCH over the hashes of an index, exact whatever the index's algorithm. */
export function runSearch(
  definition: IndexDefinition,
  hashes: readonly IndexedHash[],
  request: SearchRequest,
): RespValue {
  const matching = hashes.filter((hash) => request.filter(hash)).sort(byKey);
  const hits: Hit[] =
    request.nearest === undefined
      ? matching.map((hash) => ({ hash }))
      : nearestHits(matching, request.nearest);
  if (request.sort !== undefined && !request.isWithoutContent)
    hits.sort(bySortKey(request.sort.alias, request.sort.isDescending ? -1 : 1));
  // A list that is empty or starts beyond the end is the bare number, without an empty list behind it.
  const shown = hits.slice(request.offset, request.offset + request.limit);
  const rows = shown.flatMap((hit) => {
    const key = bulk(Buffer.from(hit.hash.key, "latin1"));
    return request.isWithoutContent ? [key] : [key, contentOf(definition, hit, request)];
  });
  return list([integer(hits.length), ...rows]);
}

function nearestHits(hashes: readonly IndexedHash[], { k, field, vector }: NearestClause): Hit[] {
  return hashes
    .flatMap((hash) => {
      const stored = hash.vectors.get(field.alias);
      return stored === undefined ? [] : [{ hash, distance: cosineDistance(stored, vector) }];
    })
    .sort((a, b) => a.distance - b.distance || byKey(a.hash, b.hash))
    .slice(0, k);
}

/** 1 - cosine in single precision, as the module has it; a vector without a direction is at 1 from all. */
function cosineDistance(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? Number.NaN;
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  const lengths = Math.sqrt(lengthA * lengthB);
  return Math.fround(1 - Math.fround(lengths === 0 ? 0 : dot / lengths));
}

function contentOf(
  { fields }: IndexDefinition,
  { hash, distance }: Hit,
  { returned, nearest }: SearchRequest,
): RespValue {
  const score =
    distance === undefined || nearest === undefined
      ? undefined
      : { name: nearest.scoreAlias, value: bulk(printedNumber(distance, 12)) };
  if (returned === undefined) {
    const content = [...hash.content].flatMap(([name, value]) => [latin1(name), bulk(value)]);
    return list(score === undefined ? content : [latin1(score.name), score.value, ...content]);
  }
  const byAlias = new Map(fields.map((field) => [field.alias, field]));
  // Releases up to 1.2.1 print such numbers anew, with six digits, and so change a time in milliseconds.
  const isPrintedAnew = nearest !== undefined && returned.every(({ name }) => byAlias.has(name));
  return list(
    returned.flatMap(({ name, as }) => {
      if (name === score?.name) return [latin1(name), score.value];
      const field = byAlias.get(name);
      const value = hash.content.get(field?.identifier ?? name);
      if (value === undefined) return [];
      const number = isPrintedAnew ? hash.numbers.get(name) : undefined;
      return [latin1(as), bulk(number === undefined ? value : printedNumber(number, 6))];
    }),
  );
}

function bySortKey(alias: string, direction: 1 | -1): (a: Hit, b: Hit) => number {
  const keyOf = ({ hash }: Hit) =>
    hash.numbers.get(alias) ?? [...(hash.tags.get(alias) ?? [])].join();
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    return left === right ? 0 : left < right ? -direction : direction;
  };
}

// The module's order of equal hits follows from its memory; any fixed order stands for it.
function byKey(a: IndexedHash, b: IndexedHash): number {
  return a.key < b.key ? -1 : 1;
}

function latin1(text: string): RespValue {
  return bulk(Buffer.from(text, "latin1"));
}

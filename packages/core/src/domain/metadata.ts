import { invalidInput } from "./memory-error.ts";

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What a caller attaches to a record: any JSON object. */
export type Metadata = { readonly [key: string]: JsonValue };

const maxDepth = 64;

/**
 * A deep copy of `value` as JSON would keep it. Refuses what JSON would drop or change: undefined,
 * functions, NaN, dates and other class instances, lone surrogates, cycles and more than 64 levels.
 */
export function parseMetadata(value: unknown, field = "metadata"): Metadata {
  if (!isPlainObject(value))
    throw invalidInput(field, `${field} must be a plain object of JSON values.`);
  return parseJson(value, field) as Metadata;
}

/** The same rule for a single JSON value. The messages name no key, for keys may hold what is private. */
export function parseJson(value: unknown, field: string): JsonValue {
  return copy(value, field, 0);
}

function copy(value: unknown, field: string, depth: number): JsonValue {
  if (depth > maxDepth)
    throw invalidInput(field, `${field} is nested more than ${maxDepth} levels deep.`);
  if (value === null || typeof value === "boolean") return value;
  // JSON has no negative zero; storing it as zero here makes every storage answer the same.
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (typeof value === "string" && value.isWellFormed()) return value;
  if (Array.isArray(value)) return Array.from(value, (each) => copy(each, field, depth + 1));
  if (!isPlainObject(value))
    throw invalidInput(
      field,
      `${field} holds something other than well-formed strings, finite numbers, booleans, null, arrays and plain objects.`,
    );
  const entries = Object.entries(value).map(([key, each]) => {
    if (!key.isWellFormed())
      throw invalidInput(field, `${field} has a key with half of a surrogate pair.`);
    return [key, copy(each, field, depth + 1)] as const;
  });
  return Object.fromEntries(entries); // defines own properties, also for "__proto__"
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** JSON with the keys of every object in one order, so that equal values have equal text. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: JsonValue) =>
    isPlainObject(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

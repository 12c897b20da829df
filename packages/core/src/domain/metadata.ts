import { invalidInput } from "./memory-error.ts";
import { readGiven } from "./read-given.ts";

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

// What is shared is copied wherever it stands, so without a bound sixty objects can be the work of years.
const maxValues = 100_000;
const maxCharacters = 10_000_000;

/**
 * A deep copy of `value` as JSON would keep it. Refuses what JSON would drop or change: undefined,
 * functions, NaN, dates and other class instances, `toJSON`, keys that are symbols, holes in an array and keys
 * beside its items, lone surrogates, cycles and more than 64 levels. Refuses more than 100,000 values, or ten
 * million characters in keys and strings, too; what is shared counts wherever it stands. What throws when it is
 * read is refused without what it threw.
 */
export function parseMetadata(value: unknown, field = "metadata"): Metadata {
  if (!readGiven(field, () => isPlainObject(value)))
    throw invalidInput(field, `${field} must be a plain object of JSON values.`);
  return parseJson(value, field) as Metadata;
}

/** The same rule for a single JSON value. The messages name no key, for keys may hold what is private. */
export function parseJson(value: unknown, field: string): JsonValue {
  let values = 0;
  let characters = 0;

  function count(moreValues: number, text: string): void {
    values += moreValues;
    characters += text.length;
    if (values > maxValues)
      throw invalidInput(field, `${field} holds more than ${maxValues} values.`);
    if (characters > maxCharacters)
      throw invalidInput(
        field,
        `${field} holds more than ${maxCharacters} characters in keys and strings.`,
      );
  }

  function copy(value: unknown, depth: number): JsonValue {
    if (depth > maxDepth)
      throw invalidInput(field, `${field} is nested more than ${maxDepth} levels deep.`);
    count(1, typeof value === "string" ? value : "");
    if (value === null || typeof value === "boolean") return value;
    // JSON has no negative zero; storing it as zero here makes every storage answer the same.
    if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
    if (typeof value === "string" && value.isWellFormed()) return value;
    const inner = readGiven(field, () => innerValues(value));
    if (inner === undefined)
      throw invalidInput(
        field,
        `${field} holds something other than well-formed strings, finite numbers, booleans, null, arrays and plain objects.`,
      );
    const { isArray, entries } = inner;
    if (isArray) return entries.map(([, each]) => copy(each, depth + 1));
    const copied = entries.map(([key, each]) => {
      if (!key.isWellFormed())
        throw invalidInput(field, `${field} has a key with half of a surrogate pair.`);
      count(0, key);
      return [key, copy(each, depth + 1)] as const;
    });
    return Object.fromEntries(copied); // defines own properties, also for "__proto__"
  }

  return copy(value, 0);
}

/** What an array or a plain object holds; `undefined` for anything else, and where JSON would keep less or other. */
function innerValues(value: unknown) {
  const isArray = isPlainArray(value);
  if (!isArray && !isPlainObject(value)) return undefined;
  const isKept = (key: symbol) => Object.prototype.propertyIsEnumerable.call(value, key);
  if (Object.getOwnPropertySymbols(value).some(isKept)) return undefined;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return undefined;
  const entries: [string, unknown][] = Object.entries(value);
  const isWhole = () =>
    entries.length === (value as unknown[]).length && entries.every(([key], i) => key === `${i}`);
  return isArray && !isWhole() ? undefined : { isArray, entries };
}

// Of any realm: what all arrays of one inherit from is an array itself, and the prototype of a class is none.
function isPlainArray(value: unknown): value is unknown[] {
  return Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value));
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The entries of a plain object; `undefined` for anything else. Where reading them throws, `INVALID_INPUT`. */
export function givenEntries(value: unknown, field: string): [string, unknown][] | undefined {
  return readGiven(field, () => (isPlainObject(value) ? Object.entries(value) : undefined));
}

/** JSON with the keys of every object in one order, so that equal values have equal text. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: JsonValue) =>
    isPlainObject(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

import { invalidInput } from "./memory-error.ts";
import { givenEntries } from "./metadata.ts";
import { givenItems, readGiven } from "./read-given.ts";

type Parser = (value: unknown, field: string) => unknown;

/** What a parser table makes of an options object: every key optional, as its parser answers. */
export type Parsed<Parsers extends Record<string, Parser>> = {
  [Key in keyof Parsers]?: ReturnType<Parsers[Key]>;
};

/**
 * Reads an options object with one parser per key. An explicit `undefined` is the same as an absent key; an
 * unknown key is refused, because a misspelt option that is ignored is a filter that is not applied.
 */
export function parseOptions<Parsers extends Record<string, Parser>>(
  value: unknown,
  parsers: Parsers,
  what: string,
): Parsed<Parsers> {
  if (value === undefined) return {};
  const given = givenEntries(value, what);
  if (given === undefined) throw invalidInput(what, `${what} must be a plain object.`);
  const entries = given.filter(([, entry]) => entry !== undefined);
  for (const [key] of entries)
    if (!Object.hasOwn(parsers, key))
      throw invalidInput(
        what,
        `${what} has an unknown key ${JSON.stringify(key.slice(0, 40))}. Known: ${Object.keys(parsers).join(", ")}.`,
      );
  return Object.fromEntries(
    entries.map(([key, entry]) => [key, (parsers[key] as Parser)(entry, key)]),
  ) as Parsed<Parsers>;
}

export function parseText(value: unknown, field: string): string {
  if (typeof value !== "string" || value.trim() === "")
    throw invalidInput(field, `${field} must be a string that is not blank.`);
  return parseString(value, field);
}

/** Any well-formed text, also a blank one. */
export function parseString(value: unknown, field: string): string {
  if (typeof value !== "string") throw invalidInput(field, `${field} must be a string.`);
  if (!value.isWellFormed())
    throw invalidInput(
      field,
      `${field} holds half of a surrogate pair; see String.prototype.toWellFormed.`,
    );
  return value;
}

/** Distinct texts, in their order. */
export function parseTexts(value: unknown, field: string): string[] {
  const given = givenItems(value, field);
  if (given === undefined) throw invalidInput(field, `${field} must be an array of strings.`);
  return [...new Set(given.map((each) => parseText(each, field)))];
}

export function parseBoolean(value: unknown, field: string): boolean {
  if (typeof value !== "boolean") throw invalidInput(field, `${field} must be true or false.`);
  return value;
}

export function parseFraction(value: unknown, field: string): number {
  if (typeof value !== "number" || !(value >= 0 && value <= 1))
    throw invalidInput(field, `${field} must be a number from 0 to 1.`);
  return value === 0 ? 0 : value; // not every storage knows a negative zero
}

export function parsePositive(value: unknown, field: string): number {
  if (typeof value !== "number" || !(value > 0 && value < Number.POSITIVE_INFINITY))
    throw invalidInput(field, `${field} must be a finite number above 0.`);
  return value;
}

export function parseNatural(value: unknown, field: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw invalidInput(field, `${field} must be a whole number, 0 or more.`);
  return value as number;
}

/** A whole number from 1 to `most`: how many answers a read may give. */
export function parseLimit(value: unknown, field: string, most = 10_000): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > most)
    throw invalidInput(field, `${field} must be a whole number from 1 to ${most}.`);
  return value as number;
}

export function parseDate(value: unknown, field: string): Date {
  const time = readGiven(field, () => (value instanceof Date ? value.getTime() : Number.NaN));
  const date = new Date(time);
  if (Number.isNaN(+date)) throw invalidInput(field, `${field} must be a valid Date.`);
  return date;
}

export function parseSignal(value: unknown, field: string): AbortSignal {
  const isSignal = readGiven(field, () => value instanceof AbortSignal);
  if (!isSignal) throw invalidInput(field, `${field} must be an AbortSignal.`);
  return value as AbortSignal;
}

export function parseOneOf<const Value extends string>(values: readonly Value[]) {
  return (value: unknown, field: string): Value => {
    const known = values.find((each) => each === value);
    if (known === undefined)
      throw invalidInput(field, `${field} must be one of ${values.join(", ")}.`);
    return known;
  };
}

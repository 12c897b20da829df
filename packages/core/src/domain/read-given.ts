import { invalidInput } from "./memory-error.ts";

/**
 * What `read` finds in a value that a caller has given. Getters and proxies make that the caller's code: what it
 * throws is refused with `INVALID_INPUT`, and not passed on, for it may hold anything.
 */
export function readGiven<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw invalidInput(field, `${field} cannot be read: a getter or a proxy in it throws.`);
  }
}

/** The items of an array, each read once; `undefined` for anything else. Where reading them throws, `INVALID_INPUT`. */
export function givenItems(value: unknown, field: string): unknown[] | undefined {
  return readGiven(field, () => (Array.isArray(value) ? Array.from<unknown>(value) : undefined));
}

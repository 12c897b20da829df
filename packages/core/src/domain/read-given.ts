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

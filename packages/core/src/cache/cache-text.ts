import { invalidInput } from "../domain/memory-error.ts";
import type { JsonValue } from "../domain/metadata.ts";

/** A value of a cache as JSON text, for those who write one. Throws `INVALID_INPUT` for what JSON does not know. */
export function cacheText(value: JsonValue): string {
  const text = attempt(() => JSON.stringify(value));
  if (text === undefined) throw invalidInput("value", "A value of a cache must be JSON.");
  return text;
}

// It throws for a BigInt or a cycle, and answers with nothing for a function.
function attempt(stringify: () => string | undefined): string | undefined {
  try {
    return stringify();
  } catch {
    return undefined;
  }
}

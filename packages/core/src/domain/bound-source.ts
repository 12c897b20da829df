import { invalidInput } from "./memory-error.ts";

/**
 * Who a call is made for, where the view it is made on may be bound to somebody. Naming anybody else is
 * refused: ignoring it would answer another question than the one asked.
 */
export function boundSource(
  given: string | undefined,
  bound: string | undefined,
): string | undefined {
  if (bound !== undefined && given !== undefined && given !== bound)
    throw invalidInput("source", "This view is bound to another source; leave source out.");
  return bound ?? given;
}

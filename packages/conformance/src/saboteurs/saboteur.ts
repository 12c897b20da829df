import type { StoreChanges } from "../shared-in-memory.ts";

/** A storage that breaks one promise. If every case passed on it, the suite would not notice. */
export interface Saboteur extends StoreChanges {
  /** What it does wrong. */
  readonly name: string;
}

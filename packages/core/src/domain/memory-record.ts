import type { Metadata } from "./metadata.ts";
import type { Scope } from "./scope.ts";

/** One stored memory. Times have a precision of one millisecond. */
export interface MemoryRecord {
  readonly id: string;
  readonly content: string;
  readonly scope: Scope;
  readonly categories: readonly string[];
  readonly metadata: Metadata;
  /** 0 (trivial) to 1 (vital). */
  readonly importance: number;
  /** When the memory was first saved; a later update of its content keeps it. */
  readonly createdAt: Date;
  /** Since when the content is what it is; equal to `createdAt` until the content changes. */
  readonly updatedAt: Date;
  /** When a recall last returned it; noted in batches, so it may lag by half a minute. */
  readonly lastAccessed: Date;
  /** Who it came from: a user, an agent, a file. `null` where nobody was named. */
  readonly source: string | null;
  /** A private record is seen only by reads with the same `source`. */
  readonly private: boolean;
  /** Grows by one with every change. Of two writes of one id the higher revision stands. */
  readonly revision: number;
  /** The id of the record that replaced this one, and since when; `null` while it is current. */
  readonly supersededBy: string | null;
  readonly supersededAt: Date | null;
  /** From this moment on the record has expired; `null` where it never does. */
  readonly expiresAt: Date | null;
}

/** A record with its embedding, of length one (see `unitVector`). */
export interface StoredRecord extends MemoryRecord {
  readonly vector: Float32Array;
}

/** Newest first, and by id where two were created at the same moment. */
export function newestFirst(a: MemoryRecord, b: MemoryRecord): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export function withoutVector({ vector: _, ...record }: StoredRecord): MemoryRecord {
  return record;
}

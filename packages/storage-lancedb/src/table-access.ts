import { setTimeout as pause } from "node:timers/promises";
import type { Table } from "@lancedb/lancedb";
import { isConflict, isMissingFile } from "./storage-error.ts";

const readAttempts = 6;
const commitAttempts = 8;
// A file that is lost, and not just pruned, stays missing however long one waits.
const missingFileAttempts = 4;

/**
 * Runs a read, and again where another process has pruned the version it was reading. Versions live for
 * seconds only (see `upkeep-policy.ts`), so this is a part of every read.
 */
export async function readTable<Answer>(
  table: Table,
  read: () => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (!isMissingFile(error) || attempt === readAttempts) throw error;
      await table.checkoutLatest();
    }
  }
}

/**
 * Runs a change that may be repeated, until it meets no other commit. Lance itself tries for a while; this
 * is for when it gives up, or when the version it began with was pruned meanwhile.
 */
export async function commitTable<Answer>(
  table: Table,
  commit: () => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await commit();
    } catch (error) {
      const attempts = isMissingFile(error) ? missingFileAttempts : commitAttempts;
      const mayPass = isMissingFile(error) || isConflict(error);
      if (!mayPass || attempt >= attempts) throw error;
      // Real time and real chance: what it waits for is other processes.
      await pause(Math.random() * 20 * 2 ** attempt);
      await table.checkoutLatest();
    }
  }
}

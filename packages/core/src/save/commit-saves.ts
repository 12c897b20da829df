import { abortedError } from "../domain/deadline.ts";
import { type MemoryRecord, withoutVector } from "../domain/memory-record.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { newRecord } from "./draft.ts";
import { type DroppedDraft, dropRepeats } from "./drop-repeats.ts";
import { type Embed, embedSaves, type SaveInput } from "./embed-saves.ts";
import type { QueuedSave } from "./write-queue.ts";

export interface SaveOutput {
  readonly records: readonly MemoryRecord[];
  readonly dropped: readonly DroppedDraft[];
}

export interface SaveTools {
  readonly storage: Pick<StorageBackend, "write">;
  readonly embed: Embed;
  readonly runtime: Runtime;
  readonly batchDedupThreshold: number;
}

/**
 * Saves a group of calls: embed → drop repeats → write. Every call is settled on its own: a failed embedding
 * or an aborted signal leaves the others of the group alone, a failed write rejects all.
 */
export async function commitSaves(
  group: readonly QueuedSave<SaveInput, SaveOutput>[],
  { storage, embed, runtime, batchDedupThreshold }: SaveTools,
): Promise<void> {
  const waiting = group.filter(stillWanted);
  if (waiting.length === 0) return;
  const outcomes = await embedSaves(
    waiting.map(({ input }) => input),
    embed,
  );
  const now = runtime.now();
  const plans = waiting.flatMap((save, i) => {
    const outcome = outcomes[i] ?? { error: undefined };
    if ("error" in outcome) {
      save.reject(outcome.error);
      return [];
    }
    if (!stillWanted(save)) return [];
    const { kept, dropped } = dropRepeats(outcome.drafts, batchDedupThreshold);
    return [{ save, dropped, put: kept.map((draft) => newRecord(draft, runtime.newId(), now)) }];
  });
  if (plans.length === 0) return;
  await storage.write({ put: plans.flatMap(({ put }) => put), remove: [] });
  for (const { save, put, dropped } of plans)
    save.resolve({ records: put.map(withoutVector), dropped });
}

/** Rejects a save whose caller has aborted it, and says whether there is something left to do. */
function stillWanted({ input: { signal }, reject }: QueuedSave<SaveInput, SaveOutput>): boolean {
  if (signal?.aborted) reject(abortedError(signal));
  return !signal?.aborted;
}

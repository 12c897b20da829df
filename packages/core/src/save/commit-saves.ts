import { abortedError } from "../domain/deadline.ts";
import { isMemoryError, type MemoryError } from "../domain/memory-error.ts";
import { type MemoryRecord, withoutVector } from "../domain/memory-record.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { Ask } from "../model/ask-model.ts";
import { untilSilent } from "../model/until-silent.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { ConsultModel } from "./consult-model.ts";
import type { EmbeddedDraft } from "./draft.ts";
import { type DroppedDraft, dropRepeats } from "./drop-repeats.ts";
import { type Embed, embedSaves, type SaveInput } from "./embed-saves.ts";
import { findSimilar, type SimilarityLimits } from "./find-similar.ts";
import { jointSignal } from "./joint-signal.ts";
import { planInsert, planSaves, type SavePlan } from "./plan-saves.ts";
import { type BatchLimits, takeBatch } from "./take-batch.ts";
import { writePlans } from "./write-plans.ts";
import type { QueuedSave } from "./write-queue.ts";

/** A draft that did not become a record of its own: an earlier record holds what it says. */
export interface MergedDraft {
  /** Its place among the contents that were given. */
  readonly index: number;
  /** The id of the record that holds it. */
  readonly into: string;
}

export interface SaveOutput {
  /** For each draft that was not dropped the record that holds what it says. */
  readonly records: readonly MemoryRecord[];
  readonly dropped: readonly DroppedDraft[];
  readonly merged: readonly MergedDraft[];
  /** The ids of earlier records that are no longer current, because these drafts made them untrue. */
  readonly replaced: readonly string[];
}

export interface SaveTools {
  readonly storage: Pick<StorageBackend, "write" | "get" | "nearest" | "scopes" | "categories">;
  /** The providers, called on behalf of these operations. */
  readonly providersFor: (operations: readonly number[]) => { embed: Embed; ask: Ask | undefined };
  /** Absent where there is no model: then everything is stored as given, and nothing is compared. */
  readonly consult: ConsultModel | undefined;
  readonly onFallback: (operations: readonly number[], error: MemoryError) => void;
  readonly runtime: Runtime;
  readonly settings: SaveSettings;
}

export interface SaveSettings extends SimilarityLimits, BatchLimits {
  readonly batchDedupThreshold: number;
  readonly defaultImportance: number;
  readonly timeZone: string;
}

type Save = QueuedSave<SaveInput, SaveOutput>;

/** A call of which some drafts may be stored already. */
interface PendingSave {
  readonly save: Save;
  readonly dropped: readonly DroppedDraft[];
  readonly records: MemoryRecord[];
  readonly merged: MergedDraft[];
  readonly replaced: string[];
  left: number;
}

interface PendingDraft {
  readonly draft: EmbeddedDraft;
  /** Its place among the contents given, and among those that were kept. */
  readonly index: number;
  readonly place: number;
  readonly of: PendingSave;
}

/**
 * Saves a group of calls: embed → drop repeats → for each batch: compare → ask the model → check → plan →
 * write. Without a model everything is one batch, stored as given. Every call is settled on its own: a failed
 * embedding or an aborted signal leaves the others of the group alone; a failed write rejects all that are
 * not stored yet.
 */
export async function commitSaves(group: readonly Save[], tools: SaveTools): Promise<void> {
  const patiently = untilSilent();
  let waiting = await prepare(group.filter(stillWanted), tools);
  while (waiting.length > 0) {
    const { batch, left } = tools.consult
      ? takeBatch(waiting, tools.settings)
      : { batch: waiting, left: [] };
    try {
      await saveBatch(batch, tools, patiently);
    } catch (error) {
      const isAborted = isMemoryError(error, "ABORTED"); // nobody waits for this batch any more
      if (!isAborted || batch.some(({ of }) => stillWanted(of.save))) throw error;
    }
    waiting = left.filter(({ of }) => stillWanted(of.save));
  }
}

async function prepare(saves: readonly Save[], tools: SaveTools): Promise<PendingDraft[]> {
  if (saves.length === 0) return [];
  const { embed } = tools.providersFor(operationsOf(saves));
  const outcomes = await embedSaves(
    saves.map(({ input }) => input),
    embed,
  );
  return saves.flatMap((save, i) => {
    const outcome = outcomes[i] ?? { error: undefined };
    if ("error" in outcome) {
      save.reject(outcome.error);
      return [];
    }
    if (!stillWanted(save)) return [];
    const { kept, dropped } = dropRepeats(outcome.drafts, tools.settings.batchDedupThreshold);
    const of = { save, dropped, records: [], merged: [], replaced: [], left: kept.length };
    const left = new Set(dropped.map(({ index }) => index));
    const indexes = outcome.drafts.map((_, index) => index).filter((index) => !left.has(index));
    return kept.map((draft, place) => ({ draft, index: indexes[place] as number, place, of }));
  });
}

async function saveBatch(
  batch: readonly PendingDraft[],
  tools: SaveTools,
  patiently: (ask: Ask) => Ask,
): Promise<void> {
  const planned = await planBatch(batch, tools, patiently);
  // The model may have taken its time; what was aborted meanwhile is not written.
  const wanted = [...batch.entries()].filter(([, { of }]) => stillWanted(of.save));
  if (wanted.length === 0) return;
  const plans = await writePlans(
    wanted.map(([i]) => planned[i] as SavePlan),
    tools.storage,
  );
  for (const [i, [, { index, place, of }]] of wanted.entries()) {
    const { own, holder, changed } = plans[i] as SavePlan;
    of.records[place] = withoutVector(holder ?? own);
    if (holder) of.merged.push({ index, into: holder.id });
    of.replaced.push(...changed.filter(({ supersededBy }) => supersededBy).map(({ id }) => id));
    of.save.input.onStored?.((holder ?? own).id);
    of.left--;
    if (of.left === 0) of.save.resolve(of);
  }
}

async function planBatch(
  batch: readonly PendingDraft[],
  tools: SaveTools,
  patiently: (ask: Ask) => Ask,
): Promise<SavePlan[]> {
  const { storage, runtime, settings, consult } = tools;
  const saves = [...new Set(batch.map(({ of }) => of.save))];
  const operations = operationsOf(saves);
  const { embed, ask } = tools.providersFor(operations);
  const drafts = batch.map(({ draft }) => draft);
  const { defaultImportance, timeZone } = settings;
  if (consult === undefined || ask === undefined)
    return drafts.map((draft) => planInsert(draft, { runtime, defaultImportance }));

  const compared = await findSimilar(drafts, storage, settings);
  const done = new AbortController();
  try {
    const signal = jointSignal(
      saves.map(({ input }) => input.signal),
      done.signal,
    );
    const onFallback = (error: MemoryError) => tools.onFallback(operations, error);
    const now = runtime.now();
    const consulting = { storage, ask: patiently(ask), now, timeZone, signal, onFallback };
    const advices = await consult(compared, consulting);
    const planning = { storage, embed, runtime, defaultImportance, onFallback };
    return await planSaves(compared, advices, planning);
  } finally {
    done.abort();
  }
}

function operationsOf(saves: readonly Save[]): number[] {
  return saves.map(({ input }) => input.operation);
}

/** Rejects a save whose caller has aborted it, and says whether there is something left to do. */
function stillWanted({ input: { signal }, reject }: Save): boolean {
  if (signal?.aborted) reject(abortedError(signal));
  return !signal?.aborted;
}

import { isMemoryError, type MemoryError } from "../domain/memory-error.ts";
import type { StoredRecord } from "../domain/memory-record.ts";
import type { JsonValue } from "../domain/metadata.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { Advice } from "./check-advice.ts";
import { type EmbeddedDraft, newRecord } from "./draft.ts";
import type { Embed } from "./embed-saves.ts";
import { type ComparedDraft, comparableFilter } from "./find-similar.ts";
import { formerVersion } from "./former-version.ts";

/** What saving one draft writes. */
export interface SavePlan {
  /** The draft as a record: current, or superseded by the record that holds what it says. */
  readonly own: StoredRecord;
  /** The record that holds it, in its next revision where the draft changed it. */
  readonly holder: StoredRecord | undefined;
  /** Next revisions of the records that the draft changes or replaces. */
  readonly changed: readonly StoredRecord[];
  /** The texts that changed records had. */
  readonly former: readonly StoredRecord[];
}

export interface PlanTools {
  readonly storage: Pick<StorageBackend, "get">;
  readonly embed: Embed;
  readonly runtime: Runtime;
  readonly defaultImportance: number;
  /** Told where merged texts cannot be embedded, and their drafts are saved beside the records instead. */
  readonly onFallback: (error: MemoryError) => void;
}

/** A plan for a draft that nobody was asked about. */
export function planInsert(
  draft: EmbeddedDraft,
  { runtime, defaultImportance }: Pick<PlanTools, "runtime" | "defaultImportance">,
): SavePlan {
  const own = newRecord(draft, {}, { id: runtime.newId(), now: runtime.now(), defaultImportance });
  return { own, holder: undefined, changed: [], former: [] };
}

/**
 * Carries out checked advice on paper. The records are read once more: one that somebody has changed,
 * replaced or hidden since the model saw it is left as it is, and a draft that it was to hold is inserted. So
 * it is where the embedder refuses a merged text, which is the model's and must not fail anybody's save.
 */
export async function planSaves(
  drafts: readonly ComparedDraft[],
  advices: readonly Advice[],
  tools: PlanTools,
): Promise<SavePlan[]> {
  const { storage, embed, runtime, defaultImportance } = tools;
  const readings = await Promise.all(
    drafts.map((draft, i) => recordsFor(draft, advices[i] as Advice, storage)),
  );
  const texts = advices.flatMap(({ actions }, i) =>
    actions.flatMap((each) =>
      each.action === "update" && readings[i]?.has(each.id) ? [each.content] : [],
    ),
  );
  let vectors: Float32Array[];
  try {
    vectors = texts.length === 0 ? [] : await embed(texts);
  } catch (error) {
    if (!isMemoryError(error, "EMBEDDING_FAILED")) throw error;
    tools.onFallback(error);
    return planSaves(drafts, advices.map(withoutUpdates), tools);
  }
  const vectorOf = new Map(texts.map((text, i) => [text, vectors[i] as Float32Array]));
  const now = runtime.now();
  return drafts.map((draft, i) => {
    const { fields, actions, heldBy } = advices[i] as Advice;
    const records = readings[i] as Map<string, StoredRecord>;
    const own = newRecord(draft, fields, { id: runtime.newId(), now, defaultImportance });
    const changed: StoredRecord[] = [];
    const former: StoredRecord[] = [];
    for (const action of actions) {
      const record = records.get(action.id);
      if (record === undefined) continue;
      const at = new Date(Math.max(+now, +record.updatedAt + 1)); // every text has its own moment
      if (action.action === "delete") changed.push(replaced(record, own.id, at));
      else {
        const vector = vectorOf.get(action.content) as Float32Array;
        changed.push({ ...merged(record, own), content: action.content, vector, updatedAt: at });
        former.push(formerVersion(record, at));
      }
    }
    const holder = changed.find(({ id }) => id === heldBy) ?? records.get(heldBy ?? "");
    return {
      // It was never current itself, at no moment that `asOf` can ask for.
      own: holder ? { ...own, updatedAt: now, supersededBy: holder.id, supersededAt: now } : own,
      holder,
      changed,
      former,
    };
  });
}

function withoutUpdates(advice: Advice): Advice {
  const actions = advice.actions.filter(({ action }) => action !== "update");
  return actions.length === advice.actions.length ? advice : { ...advice, actions, heldBy: null };
}

async function recordsFor(
  draft: ComparedDraft,
  { actions, heldBy }: Advice,
  storage: Pick<StorageBackend, "get">,
): Promise<Map<string, StoredRecord>> {
  const ids = new Set([...actions.map(({ id }) => id), ...(heldBy === null ? [] : [heldBy])]);
  if (ids.size === 0) return new Map();
  const shown = new Map(draft.similar.map(({ id, revision }) => [id, revision]));
  const records = await storage.get([...ids], comparableFilter(draft));
  return new Map(
    records
      .filter((record) => record !== undefined && record.revision === shown.get(record.id))
      .map((record) => [(record as StoredRecord).id, record as StoredRecord]),
  );
}

function replaced(record: StoredRecord, supersededBy: string, supersededAt: Date): StoredRecord {
  return { ...record, revision: record.revision + 1, supersededBy, supersededAt };
}

/** What neither side may lose: both's labels and metadata, the higher importance, the stricter privacy. */
function merged(record: StoredRecord, own: StoredRecord): StoredRecord {
  const metadata = Object.entries(own.metadata).map(([key, value]) => {
    const old = Object.hasOwn(record.metadata, key) ? record.metadata[key] : undefined;
    return [key, Array.isArray(old) && Array.isArray(value) ? union(old, value) : value] as const;
  });
  return {
    ...record,
    categories: [...new Set([...record.categories, ...own.categories])],
    metadata: Object.fromEntries([...Object.entries(record.metadata), ...metadata]),
    importance: Math.max(record.importance, own.importance),
    private: record.private || own.private,
    revision: record.revision + 1,
  };
}

function union(a: readonly JsonValue[], b: readonly JsonValue[]): JsonValue[] {
  return [...new Set([...a, ...b])];
}

import type { StoredRecord } from "../domain/memory-record.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { SavePlan } from "./plan-saves.ts";

/**
 * Writes plans in one batch and answers with them as they came true. Where another process has changed or
 * forgotten a record at the same moment, its change stands, and a draft that the record was to hold becomes
 * a record of its own after all.
 */
export async function writePlans(
  plans: readonly SavePlan[],
  storage: Pick<StorageBackend, "get" | "write">,
): Promise<SavePlan[]> {
  const put = plans.flatMap(({ own, changed, former }) => [...changed, ...former, own]);
  await storage.write({ put, remove: [] });
  const held = plans.filter(({ holder }) => holder !== undefined);
  if (held.length === 0) return [...plans];

  const ids = [...new Set(held.map(({ holder }) => (holder as StoredRecord).id))];
  const stored = await storage.get(ids, { visibleTo: "all", state: "any" });
  const byId = new Map(ids.map((id, i) => [id, stored[i]]));
  const kept = plans.map((plan) => afterRace(plan, byId));
  const again = kept.filter((plan, i) => plan !== plans[i]).map(({ own }) => own);
  const orphans = kept
    .flatMap(({ former }) => former)
    .filter(({ supersededBy }) => isGone(supersededBy));
  if (again.length + orphans.length > 0)
    await storage.write({ put: again, remove: [...new Set(orphans.map(({ id }) => id))] });
  return kept;

  function isGone(id: string | null): boolean {
    return id !== null && byId.has(id) && byId.get(id) === undefined;
  }
}

function afterRace(
  plan: SavePlan,
  stored: ReadonlyMap<string, StoredRecord | undefined>,
): SavePlan {
  const { holder, own } = plan;
  if (holder === undefined) return plan;
  const now = stored.get(holder.id);
  if (now !== undefined && holds(now, holder)) return plan;
  return {
    ...plan,
    own: { ...own, revision: own.revision + 1, supersededBy: null, supersededAt: null },
    holder: undefined,
  };
}

/** Whether what is stored says what `holder` was to say. */
function holds(stored: StoredRecord, holder: StoredRecord): boolean {
  return (
    stored.content === holder.content &&
    stored.supersededAt === null &&
    +stored.updatedAt === +holder.updatedAt
  );
}

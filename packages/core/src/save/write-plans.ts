import type { StoredRecord } from "../domain/memory-record.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { SavePlan } from "./plan-saves.ts";

/**
 * Writes plans in one batch and answers with them as they came true. Where another process has changed or
 * forgotten a record at the same moment, its change stands, nothing is kept of what it has forgotten, and a
 * draft that the record was to hold becomes a record of its own after all.
 */
export async function writePlans(
  plans: readonly SavePlan[],
  storage: Pick<StorageBackend, "get" | "write">,
): Promise<SavePlan[]> {
  const put = plans.flatMap(({ own, changed, former }) => [...changed, ...former, own]);
  await storage.write({ put, remove: [] });
  const touched = plans.flatMap(({ holder, changed }) => (holder ? [holder, ...changed] : changed));
  const ids = [...new Set(touched.map(({ id }) => id))];
  if (ids.length === 0) return [...plans];

  const found = await storage.get(ids, { visibleTo: "all", state: "any" });
  const stored = new Map(ids.map((id, i) => [id, found[i]]));
  const settled = plans.map((plan) => afterRace(plan, stored));
  const again = settled.filter(({ holder }, i) => holder !== plans[i]?.holder);
  const forgotten = plans
    .flatMap(({ former }) => former)
    .filter(({ supersededBy }) => stored.get(supersededBy as string) === undefined);
  if (again.length + forgotten.length > 0)
    await storage.write({
      put: again.map(({ own }) => own),
      remove: forgotten.map(({ id }) => id),
    });
  return settled;
}

function afterRace(
  plan: SavePlan,
  stored: ReadonlyMap<string, StoredRecord | undefined>,
): SavePlan {
  const { holder, own } = plan;
  const changed = plan.changed.filter((each) => cameTrue(each, stored.get(each.id)));
  if (holder === undefined || cameTrue(holder, stored.get(holder.id))) return { ...plan, changed };
  return {
    ...plan,
    own: { ...own, revision: own.revision + 1, supersededBy: null, supersededAt: null },
    holder: undefined,
    changed,
  };
}

/** Whether what is stored says what was planned, to the same readers. */
function cameTrue(planned: StoredRecord, stored: StoredRecord | undefined): boolean {
  return (
    stored !== undefined &&
    stored.content === planned.content &&
    stored.scope === planned.scope &&
    stored.private === planned.private &&
    stored.supersededBy === planned.supersededBy &&
    +stored.updatedAt === +planned.updatedAt
  );
}

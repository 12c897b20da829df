import assert from "node:assert/strict";
import type { MemoryRecord } from "unimem";
import {
  children,
  countCategories,
  drawTree,
  isSeen,
  isSelected,
  type Question,
  replacedBy,
  segments,
} from "./expected.ts";
import type { View, ViewPlan } from "./view-plan.ts";
import { hostilePaths } from "./world.ts";

const idsOf = (records: readonly MemoryRecord[]) => records.map(({ id }) => id);
const sorted = (ids: readonly string[]) => [...ids].sort();

/** Every verb that reads answers with what it must, all of it, and with nothing else. */
export async function checkReads(
  view: View,
  plan: ViewPlan,
  all: readonly MemoryRecord[],
  question: Question,
  limit: number,
  now: Date,
): Promise<void> {
  const { who, path, asOf, ...conditions } = question;
  const selection = { ...who, ...conditions, scope: path, ...(asOf && { asOf }) };
  const selected = all.filter((record) => isSelected(record, plan, question, now));

  const found = await view.recall("lighthouse", { ...selection, limit: 1000 });
  const foundIds = idsOf(found.map(({ record }) => record));
  assert.deepEqual(sorted(foundIds), sorted(idsOf(selected)), "recall");
  const best = await view.recall("lighthouse", { ...selection, limit });
  assert.equal(best.length, Math.min(limit, selected.length), "recall with a limit");
  assert.ok(best.every(({ record }) => foundIds.includes(record.id)));

  assert.deepEqual(await view.listRecords(selection), selected, "listRecords");
  assert.deepEqual(
    await view.listRecords({ ...selection, limit, offset: 1 }),
    selected.slice(1, 1 + limit),
    "listRecords with a limit",
  );
  const counting = { ...who, ...conditions, ...(asOf && { asOf }) };
  assert.equal(await view.count(path, counting), selected.length, "count");

  const current = all.filter((record) => isSelected(record, plan, { who, path }, now));
  const at = segments(path);
  const below = children(current, plan, at);
  assert.deepEqual(await view.listScopes(path, who), below, "listScopes");
  assert.equal(await view.tree(path, who), drawTree(current, plan, at), "tree");
  const counts = countCategories(current);
  assert.deepEqual(await view.listCategories(path, who), counts, "listCategories");
  const times = current.map(({ createdAt }) => createdAt.getTime());
  const { categories: named, ...info } = await view.info(path, who);
  assert.deepEqual(sorted(named), sorted(Object.keys(counts)), "the categories of info");
  assert.deepEqual(
    info,
    {
      path: `/${at.join("/")}`,
      recordCount: current.length,
      oldestRecord: times.length > 0 ? new Date(Math.min(...times)) : null,
      newestRecord: times.length > 0 ? new Date(Math.max(...times)) : null,
      childScopes: below,
    },
    "info",
  );

  const seen = all.filter((record) => isSeen(record, plan, who, now));
  for (const record of all) {
    const isThere = seen.includes(record);
    assert.deepEqual(await view.get(record.id, who), isThere ? record : undefined, "get");
    const former = idsOf(await view.history(record.id, who));
    assert.deepEqual(sorted(former), isThere ? sorted(replacedBy(record.id, seen)) : [], "history");
  }

  for (const hostile of hostilePaths) {
    await assert.rejects(view.count(hostile, who), { code: "INVALID_INPUT" });
    await assert.rejects(view.recall("x", { ...who, scope: hostile }), { code: "INVALID_INPUT" });
  }
  if (plan.as === undefined) return;
  const refused = { code: "INVALID_INPUT" };
  for (const other of [{ source: "somebody else" }, { includePrivate: true }]) {
    await assert.rejects(view.recall("x", other), refused, "recall as another");
    await assert.rejects(view.count("/", other), refused, "count as another");
    await assert.rejects(view.get("id", other), refused, "get as another");
  }
}

import assert from "node:assert/strict";
import type { MemoryRecord, MemoryScope } from "unimem";
import {
  isSeen,
  isSelected,
  liesInside,
  type Question,
  replacedBy,
  rootOf,
  segments,
} from "./expected.ts";
import { onlyReads, type View, type ViewPlan } from "./view-plan.ts";

/** One write through a view; `at` picks the record it is about. */
export interface Change {
  readonly verb: "remember" | "rememberMany" | "update" | "forget" | "forget by id" | "reset";
  readonly at: number;
  readonly private: boolean;
}

interface Before {
  readonly all: readonly MemoryRecord[];
  readonly now: Date;
  /** What is stored after the change. */
  readonly after: () => Promise<MemoryRecord[]>;
}

const idsOf = (records: readonly MemoryRecord[]) => records.map(({ id }) => id);

/** A verb that writes changes what it must and leaves everything else as it was. */
export async function checkWrite(
  view: View,
  plan: ViewPlan,
  question: Question,
  change: Change,
  before: Before,
): Promise<void> {
  if (onlyReads(plan)) {
    const id = before.all[0]?.id ?? "nobody";
    const scope = view as MemoryScope;
    const calls: [string, () => Promise<unknown>][] = [
      ["remember", () => view.remember("x", { scope: "/" })],
      ["rememberMany", () => scope.rememberMany(["x"])],
      ["update", () => scope.update(id, { importance: 1 })],
      ["forget", () => scope.forget({ scope: "/" })],
      ["reset", () => scope.reset()],
    ];
    for (const [verb, call] of plan.slice ? calls.slice(0, 1) : calls)
      await assert.rejects(call, { code: "READ_ONLY" }, verb);
    assert.deepEqual(await before.after(), before.all);
  } else if (plan.slice) await checkRemember(view, plan, question, change, before);
  else if (change.verb === "remember" || change.verb === "rememberMany")
    await checkRemember(view, plan, question, change, before);
  else if (change.verb === "update")
    await checkUpdate(view as MemoryScope, plan, question, change, before);
  else await checkRemoval(view as MemoryScope, plan, question, change, before);
}

async function checkRemember(
  view: View,
  plan: ViewPlan,
  { path: scope, who }: Question,
  { verb, private: isPrivate }: Change,
  { all, now, after }: Before,
): Promise<void> {
  const full = `/${[...rootOf(plan), ...segments(scope)].join("/")}`;
  const source = plan.as?.source ?? who.source;
  const options = {
    scope,
    private: isPrivate && source !== undefined,
    ...(who.source !== undefined && { source: who.source }),
  };
  const many = verb === "rememberMany" && !plan.slice;
  const call = many
    ? (view as MemoryScope).rememberMany([{ content: "the new one", ...options }])
    : view.remember("the new one", options).then((record) => [record]);
  if (!liesInside(plan, full)) {
    await assert.rejects(call, { code: "INVALID_INPUT" }, "remember outside of a slice");
    assert.deepEqual(await after(), all);
    return;
  }
  const [record] = await call;
  assert.deepEqual(
    [record?.scope, record?.source, record?.private],
    [full, source ?? null, options.private],
    many ? "rememberMany" : "remember",
  );
  // A save may sweep out what has expired.
  const alive = (records: readonly MemoryRecord[]) =>
    records.filter(({ id, expiresAt }) => id !== record?.id && (!expiresAt || expiresAt > now));
  assert.deepEqual(alive(await after()), alive(all), "what remember left");
  if (plan.as) {
    const other = { scope, source: "somebody else" };
    const refused = { code: "INVALID_INPUT" };
    await assert.rejects(view.remember("x", other), refused, "remember as another");
  }
}

async function checkUpdate(
  view: MemoryScope,
  plan: ViewPlan,
  { path: scope, who }: Question,
  { at }: Change,
  { all, now, after }: Before,
): Promise<void> {
  const record = all[at % all.length];
  const updated = view.update(record?.id ?? "nobody", { scope, importance: 0.9 }, who);
  if (!record || !isSeen(record, plan, who, now) || record.supersededAt !== null) {
    await assert.rejects(updated, { code: "NOT_FOUND" }, "update of what is not there");
    assert.deepEqual(await after(), all);
    return;
  }
  assert.equal(
    (await updated).scope,
    `/${[...rootOf(plan), ...segments(scope)].join("/")}`,
    "update",
  );
  const others = (records: readonly MemoryRecord[]) => records.filter(({ id }) => id !== record.id);
  assert.deepEqual(others(await after()), others(all), "what update left");
}

async function checkRemoval(
  view: MemoryScope,
  plan: ViewPlan,
  question: Question,
  { verb, at }: Change,
  { all, now: moment, after }: Before,
): Promise<void> {
  // What has expired is there for nobody, but a reset takes it too.
  const now = verb === "reset" ? new Date(0) : moment;
  // A reset asks nobody: bound to a source it leaves the private records of others, else it takes all.
  const who = verb === "reset" ? (plan.as ? {} : { includePrivate: true }) : question.who;
  const seen = all.filter((record) => isSeen(record, plan, who, now));
  const { path, who: _, ...conditions } = question;
  const filter: Question = { path, who, ...(verb !== "reset" && conditions) };
  // Without a moment the superseded versions that fit go as well, and are not counted.
  const current = ({ supersededAt }: MemoryRecord) => filter.asOf || supersededAt === null;
  const matching = seen.filter((record) =>
    isSelected(filter.asOf ? record : { ...record, supersededAt: null }, plan, filter, now),
  );
  let doomed = idsOf(matching);
  if (verb === "reset") await view.reset({ scope: path });
  else if (verb === "forget") {
    const count = await view.forget({ ...who, scope: path, ...conditions });
    assert.equal(count, matching.filter(current).length, "forget");
    if (!filter.asOf) {
      const selected = matching.filter(({ supersededAt }) => supersededAt === null);
      doomed = [...doomed, ...selected.flatMap(({ id }) => replacedBy(id, seen))];
    }
  } else {
    const named = idsOf(all.filter((_, i) => i % 2 === at % 2));
    const known = named.filter((id) => seen.some((record) => record.id === id));
    doomed = known.flatMap((id) => [id, ...replacedBy(id, seen)]);
    assert.equal(await view.forget({ ...who, ids: named }), known.length, "forget by id");
  }
  const left = idsOf(all).filter((id) => !doomed.includes(id));
  assert.deepEqual(idsOf(await after()), left, `what ${verb} left`);
}

import type { MemoryRecord } from "unimem";
import type { ViewPlan } from "./view-plan.ts";

/** A question to a view: every verb takes from it what it knows. */
export interface Question {
  readonly who: { readonly source?: string; readonly includePrivate?: boolean };
  readonly path: string;
  readonly categories?: readonly string[];
  readonly metadata?: { readonly k: number | { readonly gte: number } };
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  readonly asOf?: Date;
}

// Written without anything of the library, so that the two can only agree by both being right.
export function segments(...joined: string[]): string[] {
  return joined.flatMap((path) => path.normalize("NFC").split("/")).filter((each) => each !== "");
}

const startsWith = (all: readonly string[], start: readonly string[]) =>
  start.every((segment, i) => all[i] === segment);

/** The place that paths of the view are relative to. */
export function rootOf({ rootScope = "/", scopes }: ViewPlan): string[] {
  return segments(rootScope, ...scopes);
}

export function liesInside(plan: ViewPlan, scope: string): boolean {
  const own = segments(scope);
  const within = plan.slice?.scopes ?? ["/"];
  return within.some((each) => startsWith(own, [...rootOf(plan), ...segments(each)]));
}

/** Whether a record exists at all for whoever asks this view. */
export function isSeen(
  record: MemoryRecord,
  plan: ViewPlan,
  who: Question["who"],
  now: Date,
): boolean {
  if (record.expiresAt && record.expiresAt <= now) return false;
  if (!liesInside(plan, record.scope)) return false;
  const source = plan.as?.source ?? who.source;
  return !record.private || who.includePrivate === true || record.source === source;
}

/** Whether a record is an answer to the question. */
export function isSelected(
  record: MemoryRecord,
  plan: ViewPlan,
  question: Question,
  now: Date,
): boolean {
  const { path, metadata, createdAfter, createdBefore, asOf } = question;
  const categories = question.categories ?? plan.slice?.categories;
  const k = (record.metadata as { k?: number }).k;
  const isCurrent = asOf
    ? record.updatedAt <= asOf && (!record.supersededAt || record.supersededAt > asOf)
    : !record.supersededAt;
  return (
    isSeen(record, plan, question.who, now) &&
    isCurrent &&
    startsWith(segments(record.scope), [...rootOf(plan), ...segments(path)]) &&
    (!categories || categories.some((each) => record.categories.includes(each))) &&
    (!metadata ||
      (typeof metadata.k === "number"
        ? k === metadata.k
        : k !== undefined && k >= metadata.k.gte)) &&
    (!createdAfter || record.createdAt >= createdAfter) &&
    (!createdBefore || record.createdAt < createdBefore)
  );
}

/** Ids of what a record replaced, as far as the view shows the way there. */
export function replacedBy(id: string, seen: readonly MemoryRecord[]): string[] {
  const direct = seen.filter((each) => each.supersededBy === id).map((each) => each.id);
  return direct.flatMap((each) => [each, ...replacedBy(each, seen)]);
}

export function countCategories(records: readonly MemoryRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of records.flatMap((record) => record.categories))
    counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The children of a path of the view, as the view names them. */
export function children(
  records: readonly MemoryRecord[],
  plan: ViewPlan,
  path: readonly string[],
): string[] {
  const at = rootOf(plan).length + path.length;
  const names = records
    .map(({ scope }) => segments(scope)[at])
    .filter((name) => name !== undefined);
  return [...new Set(names)].sort().map((name) => `/${[...path, name].join("/")}`);
}

/** The tree below a path of the view, three levels deep. */
export function drawTree(
  records: readonly MemoryRecord[],
  plan: ViewPlan,
  path: readonly string[],
  depth = 0,
): string {
  const inside = records.filter(({ scope }) =>
    startsWith(segments(scope), [...rootOf(plan), ...path]),
  );
  const noun = inside.length === 1 ? "record" : "records";
  const line = `${"  ".repeat(depth)}/${path.join("/")} (${inside.length} ${noun})`;
  if (depth === 3) return line;
  const below = children(inside, plan, path);
  return [line, ...below.map((each) => drawTree(inside, plan, segments(each), depth + 1))].join(
    "\n",
  );
}

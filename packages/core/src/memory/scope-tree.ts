import { covers, joinScopes, type Scope, scopeSegments } from "../domain/scope.ts";
import type { ScopeSummary } from "../storage/storage-backend.ts";

/** What lies in a scope and below it. */
export interface ScopeInfo {
  readonly path: Scope;
  readonly recordCount: number;
  /** The categories in use, the most frequent first. */
  readonly categories: readonly string[];
  /** `null` where there is no record. */
  readonly oldestRecord: Date | null;
  readonly newestRecord: Date | null;
  /** The immediate children, in alphabetical order. */
  readonly childScopes: readonly Scope[];
}

/** The scopes directly below `path` that hold records themselves or further down, by code unit. */
export function childScopes(summaries: readonly ScopeSummary[], path: Scope): Scope[] {
  const depth = scopeSegments(path).length;
  const names = summaries
    .filter(({ scope }) => scope !== path && covers(path, scope))
    .map(({ scope }) => scopeSegments(scope)[depth] as string);
  return [...new Set(names)].sort().map((name) => joinScopes(path, name));
}

export function scopeInfo(
  summaries: readonly ScopeSummary[],
  categories: ReadonlyMap<string, number>,
  path: Scope,
): ScopeInfo {
  const inside = summaries.filter(({ scope }) => covers(path, scope));
  const time = (times: readonly Date[], pick: (...values: number[]) => number) =>
    times.length === 0
      ? null
      : new Date(times.reduce((best, each) => pick(best, +each), +(times[0] as Date)));
  return {
    path,
    recordCount: countIn(inside, path),
    categories: [...categories]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([name]) => name),
    oldestRecord: time(
      inside.map(({ oldest }) => oldest),
      Math.min,
    ),
    newestRecord: time(
      inside.map(({ newest }) => newest),
      Math.max,
    ),
    childScopes: childScopes(summaries, path),
  };
}

/** A scope of a tree: what lies in it and below it, and its children by name. */
interface Branch {
  count: number;
  readonly children: Map<string, Branch>;
}

/** One line a scope, two spaces a level: its path, and the records in it and below it. */
export function renderTree(
  summaries: readonly ScopeSummary[],
  path: Scope,
  maxDepth: number,
): string {
  const lines: string[] = [];
  const walk = (scope: Scope, { count, children }: Branch, depth: number) => {
    lines.push(`${"  ".repeat(depth)}${scope} (${count} ${count === 1 ? "record" : "records"})`);
    for (const name of [...children.keys()].sort())
      walk(joinScopes(scope, name), children.get(name) as Branch, depth + 1);
  };
  walk(path, branchAt(summaries, path, maxDepth), 0);
  return lines.join("\n");
}

/** Looks at each summary once: one scope for every user is nothing rare. */
function branchAt(summaries: readonly ScopeSummary[], path: Scope, maxDepth: number): Branch {
  const depth = scopeSegments(path).length;
  const root: Branch = { count: 0, children: new Map() };
  for (const { scope, count } of summaries) {
    if (!covers(path, scope)) continue;
    let branch = root;
    branch.count += count;
    for (const name of scopeSegments(scope).slice(depth, depth + maxDepth)) {
      const child = branch.children.get(name) ?? { count: 0, children: new Map() };
      branch.children.set(name, child);
      child.count += count;
      branch = child;
    }
  }
  return root;
}

function countIn(summaries: readonly ScopeSummary[], path: Scope): number {
  return summaries.reduce((sum, { scope, count }) => sum + (covers(path, scope) ? count : 0), 0);
}

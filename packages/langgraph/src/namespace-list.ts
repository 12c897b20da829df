import type { ListNamespacesOperation, MatchCondition } from "@langchain/langgraph-checkpoint";
import { invalidInput } from "@unimem/core";

/** What `listNamespaces` answers where `namespaces` are those that hold items. */
export function listedNamespaces(
  namespaces: readonly string[][],
  { matchConditions = [], maxDepth, limit, offset = 0 }: Partial<ListNamespacesOperation>,
): string[][] {
  const listed = new Map<string, string[]>();
  for (const namespace of namespaces)
    if (matchConditions.every((condition) => matches(namespace, condition))) {
      const cut = namespace.slice(0, maxDepth);
      listed.set(JSON.stringify(cut), cut);
    }
  const sorted = [...listed.values()].sort(byLabels);
  return sorted.slice(offset, limit === undefined ? undefined : offset + limit);
}

/** The longest namespace that covers everything that the conditions let through. */
export function commonPrefix(conditions: readonly MatchCondition[] = []): string[] {
  const prefixes = conditions
    .filter(({ matchType }) => matchType === "prefix")
    .map(({ path }) => path.slice(0, (path.indexOf("*") + 1 || path.length + 1) - 1));
  return prefixes.reduce((longest, each) => (each.length > longest.length ? each : longest), []);
}

function matches(namespace: readonly string[], { matchType, path }: MatchCondition): boolean {
  if (matchType !== "prefix" && matchType !== "suffix")
    throw invalidInput("matchType", "matchType must be prefix or suffix.");
  const start = matchType === "prefix" ? 0 : namespace.length - path.length;
  if (path.length > namespace.length) return false;
  return path.every((label, i) => label === "*" || label === namespace[start + i]);
}

/** Label by label and by code unit, so that every machine lists alike. */
function byLabels(a: readonly string[], b: readonly string[]): number {
  const i = a.findIndex((label, at) => label !== b[at]);
  const [left, right] = i < 0 ? [a.length, b.length] : [a[i] as string, b[i] ?? ""];
  return left < right ? -1 : left > right ? 1 : 0;
}

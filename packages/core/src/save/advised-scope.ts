import {
  joinScopes,
  maxScopeLength,
  rootScope,
  type Scope,
  sanitizeScopeName,
} from "../domain/scope.ts";

const maxDepth = 8;

/**
 * The place that a model's answer stands for, always inside `root`; `undefined` where the answer is no path
 * or tries to climb. A path that is in use is taken as it is; of any other, the segments that are in use
 * keep their names and the rest are sanitised, so that "/Project X!" and "/project-x" are one place.
 */
export function advisedScope(
  answer: unknown,
  root: Scope,
  inUse: readonly Scope[],
): Scope | undefined {
  if (typeof answer !== "string" || answer.length > maxScopeLength) return undefined;
  const segments = answer.split("/").filter((segment) => segment.trim() !== "");
  if (segments.length > maxDepth || segments.some((segment) => /^\s*\.\.?\s*$/.test(segment)))
    return undefined;
  const known = new Set(inUse.flatMap(withAncestors));
  let scope: string = rootScope;
  for (const segment of segments) {
    const base = scope === rootScope ? "" : scope;
    const given = `${base}/${segment.normalize("NFC")}`;
    scope = known.has(given) ? given : `${base}/${sanitizeScopeName(segment)}`;
  }
  return root.length + scope.length > maxScopeLength ? undefined : joinScopes(root, scope);
}

function withAncestors(scope: Scope): string[] {
  const parts = scope.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, i + 2).join("/"));
}

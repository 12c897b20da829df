import { invalidInput } from "./memory-error.ts";

declare const scopeBrand: unique symbol;

/**
 * A place in the tree of scopes, in its one normal form: `/`, or segments each led by a slash and no slash
 * at the end (`/team/alice`). Only {@link parseScope} makes one.
 */
export type Scope = string & { readonly [scopeBrand]: true };

export const rootScope = "/" as Scope;

/** The longest scope, in UTF-16 code units, in its normal form. */
export const maxScopeLength = 512;

const control = /\p{Cc}/u;

/**
 * Normalises a path: Unicode NFC, one slash between segments, one in front, none behind; `""` is `/`.
 * Refuses, with `INVALID_INPUT`, what could be read as another place by someone: `.` and `..` segments,
 * control characters, lone surrogates, and anything longer than {@link maxScopeLength}.
 */
export function parseScope(path: unknown, field = "scope"): Scope {
  if (typeof path !== "string")
    throw invalidInput(field, `${field} must be a string like "/team/alice".`);
  if (!path.isWellFormed()) throw invalidInput(field, `${field} holds half of a surrogate pair.`);
  const segments = path
    .normalize("NFC")
    .split("/")
    .filter((segment) => segment !== "");
  for (const segment of segments) {
    if (segment === "." || segment === "..")
      throw invalidInput(
        field,
        `${field} must not hold "." or ".." as a segment: paths are absolute.`,
      );
    if (control.test(segment))
      throw invalidInput(field, `${field} must not hold control characters.`);
  }
  const scope = `/${segments.join("/")}`;
  if (scope.length > maxScopeLength)
    throw invalidInput(
      field,
      `${field} is ${scope.length} characters long; at most ${maxScopeLength} are allowed.`,
    );
  return scope as Scope;
}

/** `path` below `root`: joining never leaves the root, because `..` is refused. */
export function joinScopes(root: string, path: string): Scope {
  return parseScope(`${parseScope(root)}/${parseScope(path)}`);
}

/** Whether `inner` is `outer` or lies below it. Compares whole segments: `/app` does not cover `/apple`. */
export function covers(outer: Scope, inner: Scope): boolean {
  return outer === rootScope || inner === outer || inner.startsWith(`${outer}/`);
}

/** `scope` as seen from `root`, which must cover it: `joinScopes(root, relativeScope(root, scope))` is `scope`. */
export function relativeScope(root: Scope, scope: Scope): Scope {
  return root === rootScope ? scope : ((scope.slice(root.length) || rootScope) as Scope);
}

/** The segments of a scope, outermost first; none for the root. */
export function scopeSegments(scope: Scope): string[] {
  return scope === rootScope ? [] : scope.slice(1).split("/");
}

/**
 * One legal segment made of any text, for names that people or models chose: lower case, letters and digits
 * of any script, everything else folded to single hyphens, at most 64 code points, `"unknown"` where nothing
 * is left. Different names may give the same segment.
 */
export function sanitizeScopeName(name: string): string {
  const folded = name
    .toWellFormed()
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_]+/gu, "-");
  const segment = [...folded]
    .slice(0, 64)
    .join("")
    .replace(/^-+|-+$/g, "")
    .normalize("NFC");
  return segment === "" ? "unknown" : segment;
}

import { boundSource } from "../domain/bound-source.ts";
import { invalidInput, MemoryError } from "../domain/memory-error.ts";
import type { RecordFilter, Visibility } from "../domain/record-filter.ts";
import { covers, joinScopes, relativeScope, rootScope, type Scope } from "../domain/scope.ts";
import type { ReadOptions, Selection } from "./read-options.ts";

/** What a memory, a scope or a slice may see and change. Every verb asks it, and nothing else, for its filter. */
export interface View {
  /** Paths that callers give, and paths that they get, are relative to it. */
  readonly root: Scope;
  /** It sees these scopes and what lies below them: the root, or for a slice several scopes below the root. */
  readonly scopes: readonly Scope[];
  /** Whether what is remembered without a scope may be placed below the root, or lies at the root itself. */
  readonly inferScope: boolean;
  /** The principal that it is bound to: nobody else's private records are seen, and no other source is given. */
  readonly source: string | undefined;
  /** What is selected where a call names no categories. */
  readonly categories?: readonly string[] | undefined;
  readonly readOnly: boolean;
}

/** What somebody sees of the part of a view that lies at `path` and below it. */
export function visibleFilter(
  view: View,
  who: ReadOptions,
  path = rootScope,
): Pick<RecordFilter, "visibleTo" | "scopes"> {
  const scopes = scopesAt(view, path);
  const visibleTo = visibilityIn(view, who);
  return scopes.includes(rootScope) ? { visibleTo } : { visibleTo, scopes };
}

/** What the options of a call select. */
export function selectedFilter(view: View, selection: Selection): RecordFilter {
  const { scope, source, includePrivate, categories = view.categories, ...conditions } = selection;
  return {
    ...conditions,
    ...(categories && { categories }),
    ...visibleFilter(view, { source, includePrivate }, scope),
  };
}

/** The view of one scope in a view: everything in it is relative to that scope. */
export function scopeView(view: View, path: Scope, readOnly: boolean | undefined): View {
  const root = joinScopes(view.root, path);
  const { source } = view;
  return {
    root,
    scopes: [root],
    inferScope: false,
    source,
    readOnly: narrowed(view, readOnly ?? view.readOnly),
  };
}

/** The view of several scopes in a view. Their paths stay relative to the root of that view. */
export function sliceView(
  view: View,
  {
    scopes,
    categories,
    readOnly,
  }: { scopes: readonly Scope[]; categories?: readonly string[]; readOnly: boolean },
): View {
  const all = scopes.map((path) => joinScopes(view.root, path));
  const outermost = all.filter(
    (scope, i) => !all.some((other, j) => covers(other, scope) && (other !== scope || j < i)),
  );
  const { root, source } = view;
  return {
    root,
    scopes: outermost,
    inferScope: true,
    source,
    categories,
    readOnly: narrowed(view, readOnly),
  };
}

/** The same view, bound to a principal. */
export function boundView(view: View, source: string): View {
  return { ...view, source: boundSource(source, view.source) };
}

export function assertWritable({ readOnly }: Pick<View, "readOnly">): void {
  if (readOnly)
    throw new MemoryError(
      "READ_ONLY",
      "This memory or view only reads. Write through one that was made without readOnly.",
    );
}

/** A full scope as a path of the view. */
export function pathIn({ root }: View, scope: Scope): Scope {
  return relativeScope(root, scope);
}

/** The part of the view that lies at `path` and below it; none where the view does not reach there. */
function scopesAt({ root, scopes }: View, path: Scope): Scope[] {
  const asked = joinScopes(root, path);
  if (scopes.some((scope) => covers(scope, asked))) return [asked];
  return scopes.filter((scope) => covers(asked, scope));
}

function visibilityIn(view: View, { source: given, includePrivate }: ReadOptions): Visibility {
  if (includePrivate && view.source !== undefined)
    throw invalidInput(
      "includePrivate",
      "This view is bound to a source and sees no private records of others; leave includePrivate out.",
    );
  if (includePrivate) return "all";
  const source = boundSource(given, view.source);
  return source === undefined ? "public" : { source };
}

function narrowed(view: View, readOnly: boolean): boolean {
  if (view.readOnly && !readOnly)
    throw invalidInput("readOnly", "readOnly cannot be false on a view of what only reads.");
  return readOnly;
}

import fc from "fast-check";
import type { Memory, MemoryOptions, MemoryScope, MemorySlice } from "unimem";
import { anyPath, inTen, sources } from "./world.ts";

/** How a view is made, as plain data, so that a failure prints as what it does. */
export interface ViewPlan {
  readonly rootScope: string | undefined;
  /** Scope of scope of scope. */
  readonly scopes: readonly string[];
  /** The principal, and after how many of the scopes the view is bound to it. */
  readonly as: { readonly source: string; readonly after: number } | undefined;
  readonly readOnly: "memory" | "scope" | undefined;
  readonly slice:
    | {
        readonly scopes: readonly string[];
        readonly categories: readonly string[] | undefined;
        readonly readOnly: boolean;
      }
    | undefined;
}

export type View = MemoryScope | MemorySlice;
export type Open = (options: Pick<MemoryOptions, "rootScope" | "readOnly">) => Memory;
export type ViewMaker = (open: Open, plan: ViewPlan) => View;

// A view of a scope of a scope is nearly always empty, unless they are wide.
const wide = fc.constantFrom("/", "/app", "/caf\u00e9", "/app/x");

export const viewPlans: fc.Arbitrary<ViewPlan> = fc.record({
  rootScope: inTen(2, wide),
  scopes: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.tuple(anyPath) },
    { weight: 3, arbitrary: fc.array(wide, { minLength: 2, maxLength: 3 }) },
  ),
  as: inTen(
    4,
    fc.record({ source: fc.constantFrom(...sources), after: fc.integer({ min: 0, max: 2 }) }),
  ),
  readOnly: inTen(2, fc.constantFrom("memory", "scope")),
  slice: inTen(
    3,
    fc.record({
      scopes: fc.array(anyPath, { minLength: 1, maxLength: 4 }),
      categories: inTen(3, fc.constantFrom(["red"], ["Red", "it's"])),
      readOnly: fc.boolean(),
    }),
  ),
});

export const makeView: ViewMaker = (open, { rootScope, scopes, as, readOnly, slice }) => {
  let view: MemoryScope = open({ rootScope, readOnly: readOnly === "memory" });
  for (const [i, scope] of scopes.entries()) {
    if (as?.after === i) view = view.as(as.source);
    view = i === 0 ? view.scope(scope) : view.subscope(scope);
  }
  if (as && as.after >= scopes.length) view = view.as(as.source);
  if (readOnly === "scope") view = view.scope("/", { readOnly: true });
  if (slice === undefined) return view;
  return view.slice({ ...slice, readOnly: slice.readOnly || readOnly !== undefined });
};

export function onlyReads({ readOnly, slice }: ViewPlan): boolean {
  return readOnly !== undefined || (slice?.readOnly ?? false);
}

import type { Visibility } from "../domain/record-filter.ts";
import { rootScope, type Scope } from "../domain/scope.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";

/** Scopes, as seen from a root, and categories in use there; the most used first. */
export interface KnownPlaces {
  readonly scopes: readonly Scope[];
  readonly categories: readonly string[];
}

// About 250 and 100 tokens: enough to steer by, and a bound on what every call of the model costs.
const scopeCharacters = 1000;
const categoryCharacters = 400;

/** What a model is told of a root's inside, so that it files like things alike. */
export async function knownPlaces(
  storage: Pick<StorageBackend, "scopes" | "categories">,
  root: Scope,
  visibleTo: Visibility,
): Promise<KnownPlaces> {
  const filter = { visibleTo, scopes: [root] };
  const [summaries, categories] = await Promise.all([
    storage.scopes(filter),
    storage.categories(filter),
  ]);
  const byUse = (a: readonly [string, number], b: readonly [string, number]) =>
    b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  const names = (counts: Iterable<readonly [string, number]>, characters: number) =>
    fitting(
      [...counts].sort(byUse).map(([name]) => name),
      characters,
    );
  const counts = summaries.map(({ scope, count }) => [belowRoot(scope, root), count] as const);
  return {
    scopes: names(
      counts.filter(([scope]) => scope !== rootScope),
      scopeCharacters,
    ) as Scope[],
    categories: names(categories, categoryCharacters),
  };
}

function belowRoot(scope: Scope, root: Scope): Scope {
  return root === rootScope ? scope : ((scope.slice(root.length) || "/") as Scope);
}

function fitting(names: readonly string[], characters: number): string[] {
  let left = characters;
  return names.filter((name) => {
    if (name.length + 3 > left) return false;
    left -= name.length + 3; // quotes and comma
    return true;
  });
}

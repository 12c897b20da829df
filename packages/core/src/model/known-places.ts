import type { RecordFilter } from "../domain/record-filter.ts";
import { relativeScope, rootScope, type Scope } from "../domain/scope.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";

/** Scopes, as seen from a root, and categories in use there; the most used first. */
export interface KnownPlaces {
  readonly scopes: readonly Scope[];
  readonly categories: readonly string[];
}

// About 100 and 40 tokens: enough to steer by, and a bound on what every call of the model costs.
const scopeCharacters = 400;
const categoryCharacters = 150;

/** What a model is told of a root's inside, so that it files like things alike. */
export async function knownPlaces(
  storage: Pick<StorageBackend, "scopes" | "categories">,
  root: Scope,
  visibleTo: RecordFilter["visibleTo"],
): Promise<KnownPlaces> {
  const filter = { visibleTo, scopes: [root] };
  const [scopes, categories] = await Promise.all([
    knownScopes(storage, filter, root),
    storage.categories(filter),
  ]);
  return { scopes, categories: mostUsed(categories, categoryCharacters) };
}

/** Where the records lie that a filter selects, as seen from `root`; the most used first. */
export async function knownScopes(
  storage: Pick<StorageBackend, "scopes">,
  filter: RecordFilter,
  root: Scope = rootScope,
): Promise<Scope[]> {
  const summaries = await storage.scopes(filter);
  const counts = summaries.map(({ scope, count }) => [relativeScope(root, scope), count] as const);
  return mostUsed(
    counts.filter(([scope]) => scope !== rootScope),
    scopeCharacters,
  );
}

function mostUsed<Name extends string>(
  counts: Iterable<readonly [Name, number]>,
  characters: number,
): Name[] {
  let left = characters;
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name]) => name)
    .filter((name) => {
      const length = JSON.stringify(name).length + 1; // as the prompt holds it, with a comma
      if (length > left) return false;
      left -= length;
      return true;
    });
}

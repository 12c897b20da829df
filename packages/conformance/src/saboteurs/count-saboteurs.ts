import { matchesFilter, type ScopeSummary, type StorageBackend } from "@unimem/core/storage";
import { everything } from "../store-calls.ts";
import type { Saboteur } from "./saboteur.ts";

function store(
  name: string,
  change: (storage: StorageBackend) => Partial<StorageBackend>,
): Saboteur {
  return { name, store: (storage) => ({ ...storage, ...change(storage) }) };
}

function summarizing(
  name: string,
  change: (summaries: ScopeSummary[], all: ScopeSummary[]) => ScopeSummary[],
): Saboteur {
  return store(name, ({ scopes }) => ({
    scopes: async (filter) => change(await scopes(filter), await scopes(everything)),
  }));
}

export const countSaboteurs: readonly Saboteur[] = [
  store("counts superseded records too", ({ count }) => ({
    count: (filter) => count({ ...filter, state: "any" }),
  })),
  store("counts private records too", ({ count }) => ({
    count: (filter) => count({ ...filter, visibleTo: "all" }),
  })),
  store("counts a thousand at most", ({ count }) => ({
    count: async (filter) => Math.min(1_000, await count(filter)),
  })),
  store("counts categories of everything", ({ categories }) => ({
    categories: ({ visibleTo }) => categories({ visibleTo }),
  })),
  store("counts a category each time it is named", ({ list }) => ({
    async categories(filter) {
      const counts = new Map<string, number>();
      for (const { categories } of await list({ filter, limit: 100_000, offset: 0 }))
        for (const each of categories) counts.set(each, (counts.get(each) ?? 0) + 1);
      return counts;
    },
  })),
  store("counts categories of one case together", ({ categories }) => ({
    async categories(filter) {
      const counts = new Map<string, number>();
      for (const [each, count] of await categories(filter))
        counts.set(each.toLowerCase(), (counts.get(each.toLowerCase()) ?? 0) + count);
      return counts;
    },
  })),
  store("keeps categories that nobody has any more", ({ categories }) => {
    const seen = new Map<string, number>();
    return {
      async categories(filter) {
        const counts = await categories(filter);
        for (const each of counts.keys()) seen.set(each, 0);
        return new Map([...seen, ...counts]);
      },
    };
  }),
  store("summarizes private scopes for everybody", ({ scopes }) => ({
    scopes: (filter) => scopes({ ...filter, visibleTo: "all" }),
  })),
  summarizing("summarizes what lies below a scope with it", (summaries) =>
    summaries.map((outer) => ({
      ...outer,
      count: summaries
        .filter(({ scope }) => scope.startsWith(outer.scope))
        .reduce((sum, { count }) => sum + count, 0),
    })),
  ),
  summarizing("summarizes one newest for all scopes", (summaries) =>
    summaries.map((each) => ({
      ...each,
      newest: new Date(Math.max(...summaries.map(({ newest }) => +newest))),
    })),
  ),
  summarizing("takes oldest and newest from records that do not match", (summaries, all) =>
    summaries.map((each) => {
      const { oldest, newest } = all.find(({ scope }) => scope === each.scope) ?? each;
      return { ...each, oldest, newest };
    }),
  ),
  summarizing("summarizes at most fifty scopes", (summaries) => summaries.slice(0, 20)),
  store("answers remove with the number of ids asked", ({ remove }) => ({
    remove: async (filter) => {
      const removed = await remove(filter);
      return filter.ids?.length ?? removed;
    },
  })),
  store("answers remove with nothing", ({ remove }) => ({
    remove: async (filter) => (await remove(filter)) * 0,
  })),
  store("removes superseded records too", ({ remove }) => ({
    remove: (filter) => remove({ ...filter, state: filter.state ?? "any" }),
  })),
  store("removes a thousand records at most", ({ remove, list }) => ({
    async remove(filter) {
      const found = await list({ filter, limit: 1_000, offset: 0 });
      return remove({ ...everything, ids: found.map(({ id }) => id) });
    },
  })),
  store("removes in a scope whatever else was asked", ({ remove, list }) => ({
    async remove(filter) {
      const { visibleTo, scopes } = filter;
      if (scopes === undefined) return remove(filter);
      const all = await list({ filter: everything, limit: 100_000, offset: 0 });
      const ids = all
        .filter((record) => matchesFilter(record, { visibleTo, scopes, state: "any" }))
        .map(({ id }) => id);
      return remove({ ...everything, ids });
    },
  })),
];

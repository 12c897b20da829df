import type { Reembedding, StorageBackend } from "@unimem/core/storage";
import { newVector } from "../reembed-store.ts";
import { allRecords, changing, losing, meanwhile, working } from "./broken-reembedding.ts";
import type { Saboteur } from "./saboteur.ts";

export const reembeddingSaboteurs: readonly Saboteur[] = [
  losing("loses superseded records in a re-embedding", ({ supersededAt }) => supersededAt !== null),
  losing("loses private records in a re-embedding", (record) => record.private),
  losing("loses records that expire in a re-embedding", ({ expiresAt }) => expiresAt !== null),
  losing("re-embeds the root scope alone", ({ scope }) => scope !== "/"),
  changing("raises the revisions in a re-embedding", () => ({})),
  changing("takes a re-embedding for an update", ({ revision }) => ({
    revision: revision + 1,
    updatedAt: new Date(0),
  })),
  working("switches although records are pending", ({ pending, write, finish }) => ({
    async finish() {
      const { records } = await pending(100_000);
      await write(records.map((record) => newVector(record)));
      return finish();
    },
  })),
  working("says that it has switched, and has not", () => ({ finish: async () => true })),
  working("never switches while something was ever pending", ({ pending, finish }) => ({
    finish: async () => ((await pending(1)).total > 0 ? false : finish()),
  })),
  working("takes a vector of an earlier revision", ({ write }, storage) => ({
    async write(vectors) {
      const records = await storage.get(vectors.map(({ id }) => id));
      await write(
        vectors.map((each, i) => ({ ...each, revision: records[i]?.revision ?? each.revision })),
      );
    },
  })),
  working("answers more pending records than asked for", ({ pending }) => ({
    pending: (limit) => pending(limit + 1),
  })),
  working("counts the pending records that it answers with", ({ pending }) => ({
    async pending(limit) {
      const found = await pending(limit);
      return { ...found, remaining: found.records.length };
    },
  })),
  working("counts the pending records for all", ({ pending }) => ({
    async pending(limit) {
      const found = await pending(limit);
      return { ...found, total: found.remaining };
    },
  })),
  working("keeps a thousand new vectors of a write", ({ write }) => ({
    write: (vectors) => write(vectors.slice(0, 1_000)),
  })),
  working("answers pending records without their contents", ({ pending }) => ({
    async pending(limit) {
      const found = await pending(limit);
      return { ...found, records: found.records.map((record) => ({ ...record, content: "" })) };
    },
  })),
  working("begins every re-embedding anew", async ({ write }, storage) => {
    const records = await allRecords(storage);
    await write(records.map(({ id, vector }) => ({ id, revision: 0, vector })));
    return {};
  }),
  {
    name: "shares the new vectors between spaces of one width",
    store(storage) {
      const known = new Map<number, Parameters<Reembedding["write"]>[0][number][]>();
      return {
        ...storage,
        async reembed(space) {
          const work = (await storage.reembed?.(space)) as Reembedding;
          const former = known.get(space.dimensions) ?? [];
          known.set(space.dimensions, former);
          if (former.length > 0) await work.write(former);
          return {
            ...work,
            async write(vectors) {
              former.push(...vectors);
              await work.write(vectors);
            },
          };
        },
      };
    },
  },
  meanwhile("ignores writes while it re-embeds", { write: async () => {} }),
  meanwhile("ignores touches while it re-embeds", { touch: async () => {} }),
  meanwhile("removes nothing while it re-embeds", { remove: async () => 0 }),
  {
    name: "is of the new space as soon as a re-embedding begins",
    store(storage) {
      let next: Awaited<ReturnType<StorageBackend["open"]>> = null;
      return {
        ...storage,
        open: async (expected) => (await storage.open(expected)) && (next ?? storage.open()),
        async reembed(space) {
          const work = (await storage.reembed?.(space)) as Reembedding;
          if ((await work.pending(1)).total > 0) next = space;
          return work;
        },
      };
    },
  },
  {
    name: "writes with the old embedder after the switch",
    handle: (handle, store) => ({ ...handle, write: store.write }),
  },
  {
    name: "searches with the old embedder after the switch",
    handle: (handle, store) => ({ ...handle, nearest: store.nearest }),
  },
  {
    name: "counts for the old embedder after the switch",
    handle: (handle, store) => ({ ...handle, count: store.count }),
  },
  {
    name: "shuts out handles without a space after the switch",
    handle(handle) {
      let known: string | undefined;
      return {
        ...handle,
        async open(expected) {
          const space = await handle.open(expected);
          known = JSON.stringify(space);
          return space;
        },
        async list(query) {
          if (JSON.stringify(await handle.open()) !== known && known !== "null") return [];
          return handle.list(query);
        },
      };
    },
  },
  {
    name: "gives an overtaken re-embedding to whoever finishes last",
    store: (storage) => ({
      ...storage,
      async reembed(space) {
        return {
          pending: async (limit) => (await begin()).pending(limit),
          write: async (vectors) => (await begin()).write(vectors),
          finish: async () => (await begin()).finish(),
        };
        async function begin() {
          return (await storage.reembed?.(space)) as Reembedding;
        }
      },
    }),
  },
];

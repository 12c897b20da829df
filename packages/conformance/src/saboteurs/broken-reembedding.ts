import type { Reembedding, StorageBackend, StoredRecord } from "@unimem/core/storage";
import { everything } from "../store-calls.ts";
import type { Saboteur } from "./saboteur.ts";

type Change = (
  work: Reembedding,
  storage: StorageBackend,
) => Partial<Reembedding> | Promise<Partial<Reembedding>>;

/** Changes what a re-embedding does. */
export function working(name: string, change: Change): Saboteur {
  return {
    name,
    store: (storage) => ({
      ...storage,
      async reembed(space) {
        const work = (await storage.reembed?.(space)) as Reembedding;
        return { ...work, ...(await change(work, storage)) };
      },
    }),
  };
}

/** Leaves records out that `isLost` holds for: they get a vector in secret, and are removed at the switch. */
export function losing(name: string, isLost: (record: StoredRecord) => boolean): Saboteur {
  return working(name, async ({ finish }, storage) => ({
    async finish() {
      const lost = (await allRecords(storage)).filter(isLost);
      const isSwitched = await finish();
      if (isSwitched && lost.length > 0)
        await storage.write({ put: [], remove: lost.map(({ id }) => id) });
      return isSwitched;
    },
  }));
}

/** Changes every record at the switch. */
export function changing(
  name: string,
  change: (record: StoredRecord) => Partial<StoredRecord>,
): Saboteur {
  return working(name, ({ finish }, storage) => ({
    async finish() {
      const isSwitched = await finish();
      const next = (await allRecords(storage)).map((record) => ({
        ...record,
        revision: record.revision + 1,
        ...change(record),
      }));
      if (isSwitched && next.length > 0) await storage.write({ put: next, remove: [] });
      return isSwitched;
    },
  }));
}

/** Does without one method of the storage from the first `reembed` on. */
export function meanwhile(name: string, replace: Partial<StorageBackend>): Saboteur {
  return {
    name,
    store(storage) {
      let isWorking = false;
      const replaced = Object.entries(replace).map(([method, instead]) => [
        method,
        (...args: unknown[]) => {
          const call = isWorking ? instead : storage[method as keyof StorageBackend];
          return (call as (...args: unknown[]) => unknown)(...args);
        },
      ]);
      return {
        ...storage,
        ...Object.fromEntries(replaced),
        async reembed(space) {
          const work = (await storage.reembed?.(space)) as Reembedding;
          isWorking = true;
          return work;
        },
      };
    },
  };
}

export async function allRecords(storage: StorageBackend): Promise<StoredRecord[]> {
  const listed = await storage.list({ filter: everything, limit: 100_000, offset: 0 });
  const found = await storage.get(listed.map(({ id }) => id));
  return found.filter((record) => record !== undefined);
}

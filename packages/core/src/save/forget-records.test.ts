import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StoredRecord } from "../domain/memory-record.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import { parseScope, rootScope, type Scope } from "../domain/scope.ts";
import { unitVector } from "../domain/vector.ts";
import { lexicalEmbedder } from "../embed/lexical-embedder.ts";
import { Memory } from "../memory/memory.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { newRecord, parseDraft } from "./draft.ts";
import { forgetRecords, type RemovalProgress } from "./forget-records.ts";

const now = new Date("2026-01-01T00:00:00.000Z");

function record(id: string, given: Partial<StoredRecord> = {}): StoredRecord {
  const draft = { ...parseDraft(`text of ${id}`, {}), vector: unitVector([1, 1]) };
  return { ...newRecord(draft, {}, { id, now, defaultImportance: 0.5 }), ...given };
}

const replaced = (id: string, by: string, given: Partial<StoredRecord> = {}) =>
  record(id, { supersededBy: by, supersededAt: now, ...given });

async function storageWith(...put: StoredRecord[]) {
  const storage = inMemoryStorage({ runtime: manualRuntime() });
  await storage.open({ dimensions: 2, embedder: "test" });
  await storage.write({ put, remove: [] });
  const left = async () => {
    const filter = { visibleTo: "all", state: "any" } as const;
    const records = await storage.list({ filter, limit: 100, offset: 0 });
    return records.map(({ id }) => id).sort();
  };
  return { storage, left };
}

type Storage = Parameters<typeof forgetRecords>[2];
const forget = (filter: RecordFilter, storage: Storage, scopes: Scope[] = [rootScope]) =>
  forgetRecords(filter, { visibleTo: filter.visibleTo, scopes }, storage);

const [here, below, there] = [parseScope("/here"), parseScope("/here/below"), parseScope("/there")];

describe("forgetRecords by conditions", () => {
  test("removes what matches, superseded versions included, and counts the current ones", async () => {
    const { storage, left } = await storageWith(
      record("a", { scope: here }),
      replaced("a@1", "a", { scope: here }),
      record("b", { scope: below }),
      record("c", { scope: there }),
      replaced("c@1", "c", { scope: there }),
    );
    expect(await forget({ visibleTo: "all", scopes: [here] }, storage)).toBe(2);
    expect(await left()).toEqual(["c", "c@1"]);
  });

  test("removes what they ever replaced, though it lay elsewhere or had other labels", async () => {
    const { storage, left } = await storageWith(
      record("a", { scope: here, categories: ["x"] }),
      replaced("a@1", "a", { scope: here }),
      replaced("b", "a", { scope: there }),
      replaced("b@1", "b", { scope: there }),
      record("c", { scope: here }),
      replaced("c@1", "c", { scope: here }),
    );
    const filter = { visibleTo: "all", scopes: [here], categories: ["x"] } as const;
    expect(await forget(filter, storage)).toBe(1);
    expect(await left()).toEqual(["c", "c@1"]);
  });

  test("leaves of what they replaced what the view does not show", async () => {
    const { storage, left } = await storageWith(
      record("a", { scope: here, categories: ["x"] }),
      replaced("a@1", "a", { scope: below }),
      replaced("a@0", "a", { scope: there }),
    );
    const filter = { visibleTo: "all", categories: ["x"] } as const;
    expect(await forget(filter, storage, [here])).toBe(1);
    expect(await left()).toEqual(["a@0"]);
  });

  test("removes the history of more records than one page holds", async () => {
    const ids = Array.from({ length: 1001 }, (_, i) => `${i}`);
    const { storage, left } = await storageWith(
      ...ids.map((id) => record(id, { scope: here })),
      ...ids.map((id) => replaced(`${id}@1`, id, { scope: there })),
    );
    expect(await forget({ visibleTo: "all", scopes: [here] }, storage)).toBe(1001);
    expect(await left()).toEqual([]);
  });

  test("leaves what the caller may not see", async () => {
    const secret = { source: "alice", private: true };
    const { storage, left } = await storageWith(
      record("a"),
      record("b", secret),
      replaced("b@1", "b", secret),
    );
    expect(await forget({ visibleTo: { source: "bob" }, scopes: [parseScope("/")] }, storage)).toBe(
      1,
    );
    expect(await left()).toEqual(["b", "b@1"]);
  });

  test("removes nothing where nothing matches", async () => {
    const { storage, left } = await storageWith(record("a", { scope: here }));
    expect(await forget({ visibleTo: "all", scopes: [there] }, storage)).toBe(0);
    expect(await forget({ visibleTo: "all", categories: [] }, storage)).toBe(0);
    expect(await left()).toEqual(["a"]);
  });
});

describe("the progress of a removal", () => {
  /** As a storage tells of it that removes one record after the other. */
  function oneByOne(storage: StorageBackend): StorageBackend {
    return {
      ...storage,
      async remove(filter, onProgress) {
        const count = await storage.remove(filter);
        for (let removed = 1; removed <= count; removed++) onProgress?.(removed);
        return count;
      },
    };
  }

  test("counts all that is gone, superseded versions included, whatever the listener throws", async () => {
    const { storage } = await storageWith(record("a"), replaced("a@1", "a"), record("b"));
    const told: number[] = [];
    const onProgress = ({ removed }: RemovalProgress) => {
      told.push(removed);
      throw new Error("of the listener");
    };
    const all = { visibleTo: "all" } as const;
    expect(await forgetRecords(all, all, oneByOne(storage), { onProgress })).toBe(2);
    expect(told).toEqual([1, 2, 3]);
  });

  test("reaches the listeners of forget, reset and resetAll", async () => {
    const memory = new Memory({
      storage: oneByOne(inMemoryStorage()),
      embedder: lexicalEmbedder(),
      llm: false,
    });
    const told: number[] = [];
    const onProgress = ({ removed }: RemovalProgress) => void told.push(removed);
    const contents = ["The kettle is blue.", "Ana reads maps.", "Rain fell in Lisbon."];
    for (const remove of [
      () => memory.forget({ scope: "/" }, { onProgress }),
      () => memory.reset({ scope: "/", onProgress }),
      () => memory.resetAll({ onProgress }),
    ]) {
      await memory.rememberMany(contents);
      await remove();
      expect(told.splice(0)).toEqual([1, 2, 3]);
    }
    const wrong = { onProgress: "often" } as never;
    for (const refused of [memory.forget({ scope: "/" }, wrong), memory.reset(wrong)])
      await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await memory.close();
  });
});

describe("forgetRecords by id", () => {
  test("removes everything that a record ever replaced, wherever it lies", async () => {
    const { storage, left } = await storageWith(
      record("a", { scope: here }),
      replaced("b", "a", { scope: there }),
      replaced("b@1", "b"),
      replaced("b@2", "b"),
      record("z"),
      replaced("z@1", "z"),
    );
    expect(await forget({ visibleTo: "all", ids: ["a"] }, storage)).toBe(1);
    expect(await left()).toEqual(["z", "z@1"]);
  });

  test("counts a superseded record where it was named, and leaves what replaced it", async () => {
    const { storage, left } = await storageWith(
      record("a"),
      replaced("b", "a"),
      replaced("c", "b"),
    );
    expect(await forget({ visibleTo: "all", ids: ["b", "b"] }, storage)).toBe(1);
    expect(await left()).toEqual(["a"]);
  });

  test("takes an id that another condition hides, or that nobody has, for missing", async () => {
    const { storage, left } = await storageWith(
      record("a", { scope: here }),
      replaced("a@1", "a", { scope: here }),
      record("b", { source: "alice", private: true }),
    );
    const visibleTo = { source: "bob" };
    expect(await forget({ visibleTo, ids: ["a"], scopes: [there] }, storage)).toBe(0);
    expect(await forget({ visibleTo, ids: ["b", "nobody"] }, storage)).toBe(0);
    expect(await forget({ visibleTo: "all", ids: [] }, storage)).toBe(0);
    expect(await left()).toEqual(["a", "a@1", "b"]);
  });

  test("leaves of a forgotten record's history what the view does not show", async () => {
    const { storage, left } = await storageWith(
      record("a", { scope: here }),
      replaced("a@1", "a", { scope: below }),
      replaced("a@0", "a", { scope: there }),
    );
    expect(await forget({ visibleTo: "all", ids: ["a"] }, storage, [here])).toBe(1);
    expect(await left()).toEqual(["a@0"]);
  });

  test("removes the named and what they replaced directly or further back, and nothing else", async () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const by = fc.option(fc.constantFrom(...ids), { nil: null });
    const replacements = fc.tuple(by, by, by, by, by, by);
    await fc.assert(
      fc.asyncProperty(replacements, fc.subarray(ids), async (replacements, named) => {
        const successor = new Map(ids.map((id, i) => [id, replacements[i] as string | null]));
        const records = ids.map((id) => {
          const by = successor.get(id) ?? null;
          return by === null ? record(id) : replaced(id, by);
        });
        const { storage, left } = await storageWith(...records);
        expect(await forget({ visibleTo: "all", ids: named }, storage)).toBe(named.length);
        const survives = (id: string) => {
          const seen = new Set<string>();
          for (
            let at: string | null = id;
            at !== null && !seen.has(at);
            at = successor.get(at) ?? null
          ) {
            if (named.includes(at)) return false;
            seen.add(at);
          }
          return true;
        };
        expect(await left()).toEqual(ids.filter(survives));
      }),
    );
  });
});

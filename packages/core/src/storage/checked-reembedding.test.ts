import { expect, test } from "vitest";
import { unitVector } from "../domain/vector.ts";
import { newRecord, parseDraft } from "../save/draft.ts";
import { checkedStorage } from "./checked-storage.ts";
import { inMemoryStorage } from "./in-memory-storage.ts";
import type { PendingRecords, Reembedding } from "./storage-backend.ts";

const old = { dimensions: 2, embedder: "old" };
const next = { dimensions: 3, embedder: "next" };
const vector = unitVector([1, 2, 3]);
const breach = { code: "STORAGE_CONTRACT", message: expect.stringContaining("in-memory") };

/** A store of two records, on its way to another space, whose storage answers as told where it is told. */
async function begun(lies: Partial<Reembedding> = {}) {
  const plain = inMemoryStorage();
  const storage = checkedStorage({
    ...plain,
    reembed: async (space) => ({ ...((await plain.reembed?.(space)) as Reembedding), ...lies }),
  });
  await storage.open(old);
  const draft = { ...parseDraft("canary", {}), vector: unitVector([1, 0]) };
  const record = (id: string) =>
    newRecord(draft, {}, { id, now: new Date(0), defaultImportance: 0.5 });
  await storage.write({ put: [record("a"), record("b")], remove: [] });
  return { storage, work: (await storage.reembed?.(next)) as Reembedding };
}

const pending = (id: string) => ({ id, revision: 1, content: "canary" });

test.each<[string, PendingRecords]>([
  ["more records than asked", { records: ["a", "b", "c"].map(pending), remaining: 3, total: 3 }],
  ["fewer records than there are", { records: [pending("a")], remaining: 2, total: 2 }],
  ["records where none remain", { records: [pending("a")], remaining: 0, total: 2 }],
  ["one record twice", { records: [pending("a"), pending("a")], remaining: 2, total: 2 }],
  ["more pending than stored", { records: ["a", "b"].map(pending), remaining: 3, total: 2 }],
])("notices an answer with %s", async (_, answer) => {
  const { work } = await begun({ pending: async () => answer });
  await expect(work.pending(2)).rejects.toMatchObject(breach);
});

test("refuses a limit and vectors that no storage should have to judge", async () => {
  const { work } = await begun({
    write: () => Promise.reject(new Error("The storage was asked.")),
  });
  const refused = (field: string) => ({ code: "INVALID_INPUT", details: { field } });
  await expect(work.pending(0)).rejects.toMatchObject(refused("limit"));
  await expect(work.write([])).rejects.toMatchObject(refused("vectors"));
  const one = { id: "a", revision: 1, vector };
  await expect(work.write([one, one])).rejects.toMatchObject(refused("vectors"));
  const long = Float32Array.of(1, 2, 3);
  await expect(work.write([{ ...one, vector: long }])).rejects.toMatchObject(refused("vector"));
  const narrow = unitVector([1, 0]);
  await expect(work.write([{ ...one, vector: narrow }])).rejects.toMatchObject({
    code: "DIMENSION_MISMATCH",
    details: { expected: 3, actual: 2 },
  });
});

test("lets no error of a backend escape, and keeps it as the cause", async () => {
  const cause = new Error("connect canary:6379 refused");
  const { work } = await begun({ finish: () => Promise.reject(cause) });
  await expect(work.finish()).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE", cause });
});

test("knows the new space after the switch, and the old one before", async () => {
  const { storage, work } = await begun();
  const search = (vector: Float32Array) =>
    storage.nearest({ vector, filter: { visibleTo: "all" }, limit: 5 });
  expect(await work.finish()).toBe(false);
  expect(await search(unitVector([1, 0]))).toHaveLength(2);
  const { records } = await work.pending(5);
  await work.write(records.map(({ id, revision }) => ({ id, revision, vector })));
  expect(await work.finish()).toBe(true);
  expect(await search(vector)).toHaveLength(2);
  await expect(search(unitVector([1, 0]))).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
});

test("is there exactly where the storage can re-embed", () => {
  const { reembed: _, ...without } = inMemoryStorage();
  expect(checkedStorage(without).reembed).toBeUndefined();
});

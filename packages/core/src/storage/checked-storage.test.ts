import { describe, expect, test } from "vitest";
import { MemoryError } from "../domain/memory-error.ts";
import type { StoredRecord } from "../domain/memory-record.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import { parseScope } from "../domain/scope.ts";
import { unitVector } from "../domain/vector.ts";
import { newRecord, parseDraft } from "../save/draft.ts";
import { checkedStorage } from "./checked-storage.ts";
import { inMemoryStorage } from "./in-memory-storage.ts";
import type { StorageBackend } from "./storage-backend.ts";

const breach = { code: "STORAGE_CONTRACT", message: expect.stringContaining("in-memory") };
const refused = (field: string) => ({ code: "INVALID_INPUT", details: { field } });
const space = { dimensions: 2, embedder: "test" };
const vector = unitVector([1, 0]);
const here: RecordFilter = { visibleTo: "public", scopes: [parseScope("/here")] };
const now = new Date("2026-01-01T00:00:00.000Z");

function record(id: string, given: Partial<StoredRecord> = {}): StoredRecord {
  const draft = { ...parseDraft("canary", { scope: "/here" }), vector };
  return { ...newRecord(draft, {}, { id, now, defaultImportance: 0.5 }), ...given };
}

const earlier = (id: string) => record(id, { createdAt: new Date(0) });
const outside = record("out", { scope: parseScope("/elsewhere") });
const secret = record("secret", { private: true, source: "alice" });
const superseded = record("old", { supersededBy: "a", supersededAt: now });

/** An open storage that answers as told, where it is told, behind the checks. */
async function checked(lies: Partial<StorageBackend> = {}): Promise<StorageBackend> {
  const storage = checkedStorage({ ...inMemoryStorage(), ...lies });
  await storage.open(space);
  return storage;
}

describe("checkedStorage on what comes out", () => {
  const breaches: [string, StoredRecord[]][] = [
    ["a record of another scope", [outside]],
    ["a private record", [secret]],
    ["a superseded record", [superseded]],
    ["one excluded record among others", [record("a"), outside]],
    ["one record twice", [record("a"), record("a")]],
    ["more records than were asked for", [record("a"), record("b"), record("c")]],
  ];

  test.each(breaches)("notices %s in any search or list", async (_, records) => {
    const storage = await checked({
      list: async () => records,
      nearest: async () => records.map((record) => ({ record, similarity: 1 })),
      matching: async () => records.map((record) => ({ record, vector, relevance: 1 })),
    });
    const query = { filter: here, limit: 2 };
    await expect(storage.list({ ...query, offset: 0 })).rejects.toMatchObject(breach);
    await expect(storage.nearest({ ...query, vector })).rejects.toMatchObject(breach);
    await expect(storage.matching?.({ ...query, text: "x" })).rejects.toMatchObject(breach);
  });

  test.each([
    ["in rising order", [0.1, 0.2]],
    ["that is not a number", [0.1, Number.NaN]],
    ["above one", [1.1]],
    ["below minus one", [-1.1]],
  ])("notices a similarity %s", async (_, similarities) => {
    const found = similarities.map((similarity, i) => ({ record: record(`${i}`), similarity }));
    const storage = await checked({ nearest: async () => found });
    const answer = storage.nearest({ vector, filter: here, limit: 9 });
    await expect(answer).rejects.toMatchObject(breach);
  });

  test.each([
    ["in rising order", [1, 2]],
    ["of zero", [1, 0]],
    ["below zero", [-1]],
    ["without end", [Number.POSITIVE_INFINITY]],
  ])("notices a relevance %s", async (_, relevances) => {
    const found = relevances.map((relevance, i) => ({ record: record(`${i}`), vector, relevance }));
    const storage = await checked({ matching: async () => found });
    const answer = storage.matching?.({ text: "x", filter: here, limit: 9 });
    await expect(answer).rejects.toMatchObject(breach);
  });

  test.each<[string, StoredRecord[]]>([
    ["an older record before a newer one", [earlier("a"), record("b")]],
    ["two of one moment against the order of their ids", [record("b"), record("a")]],
  ])("notices a list with %s", async (_, records) => {
    const storage = await checked({ list: async () => records });
    const answer = storage.list({ filter: here, limit: 9, offset: 0 });
    await expect(answer).rejects.toMatchObject(breach);
  });

  test.each<[string, (StoredRecord | undefined)[]]>([
    ["fewer answers than ids", [record("a")]],
    ["more answers than ids", [record("a"), record("b"), undefined]],
    ["answers in another order", [record("b"), record("a")]],
    ["another record", [record("a"), record("c")]],
    ["a record that the filter hides", [record("a"), { ...outside, id: "b" }]],
  ])("notices a get with %s", async (_, found) => {
    const storage = await checked({ get: async () => found });
    await expect(storage.get(["a", "b"], here)).rejects.toMatchObject(breach);
  });

  test.each<[string, string[]]>([
    ["outside of the filter", ["/here", "/elsewhere"]],
    ["twice", ["/here", "/here"]],
  ])("notices a summary of a scope %s", async (_, scopes) => {
    const summaries = scopes.map((path) => ({
      scope: parseScope(path),
      count: 1,
      oldest: now,
      newest: now,
    }));
    const storage = await checked({ scopes: async () => summaries });
    await expect(storage.scopes(here)).rejects.toMatchObject(breach);
  });

  test("says nothing of the records in its message", async () => {
    const storage = await checked({ list: async () => [outside] });
    const answer = storage.list({ filter: here, limit: 9, offset: 0 });
    await expect(answer).rejects.toMatchObject({ message: expect.not.stringContaining("canary") });
  });

  test("lets right answers through as they are", async () => {
    const storage = await checked();
    await storage.write({ put: [record("a"), earlier("b"), outside, secret], remove: ["gone"] });
    const query = { filter: here, limit: 9 };
    const { vector: _, ...plain } = record("a");
    expect(await storage.get(["b", "gone", "a"], here)).toEqual([
      earlier("b"),
      undefined,
      record("a"),
    ]);
    expect((await storage.list({ ...query, offset: 0 }))[0]).toEqual(plain);
    expect((await storage.nearest({ ...query, vector })).map(({ record }) => record.id)).toEqual([
      "a",
      "b",
    ]);
    expect(await storage.matching?.({ ...query, text: "canary" })).toHaveLength(2);
    expect(await storage.count(here)).toBe(2);
    expect(await storage.scopes(here)).toMatchObject([{ scope: "/here", count: 2 }]);
    expect(await storage.remove(here)).toBe(2);
  });
});

describe("checkedStorage on what goes in", () => {
  test.each([
    ["batch", []],
    ["batch", [record("a"), record("a")]],
    ["id", [record("")]],
    ["vector", [record("a", { vector: new Float32Array([2, 0]) })]],
    ["vector", [record("a", { vector: new Float32Array([Number.NaN, 0]) })]],
    ["revision", [record("a", { revision: 0 })]],
    ["revision", [record("a", { revision: 1.5 })]],
    ["supersededBy", [record("a", { supersededBy: "b" })]],
    ["supersededBy", [record("a", { supersededAt: now })]],
    ["createdAt", [record("a", { updatedAt: new Date(Number.NaN) })]],
    ["createdAt", [record("a", { expiresAt: new Date(Number.NaN) })]],
  ])("refuses, naming %s, what no storage should have to judge", async (field, put) => {
    const writes: unknown[] = [];
    const storage = await checked({ write: async (batch) => void writes.push(batch) });
    await expect(storage.write({ put, remove: [] })).rejects.toMatchObject(refused(field));
    expect(writes).toEqual([]);
  });

  test("refuses an id that is put and removed in one batch", async () => {
    const storage = await checked();
    const write = storage.write({ put: [record("a")], remove: ["a"] });
    await expect(write).rejects.toMatchObject(refused("batch"));
  });

  test("refuses vectors of another width than the store's", async () => {
    const storage = await checked();
    const wide = unitVector([1, 0, 0]);
    const mismatch = { code: "DIMENSION_MISMATCH", details: { expected: 2, actual: 3 } };
    await expect(
      storage.write({ put: [record("a", { vector: wide })], remove: [] }),
    ).rejects.toMatchObject(mismatch);
    const search = storage.nearest({ vector: wide, filter: here, limit: 1 });
    await expect(search).rejects.toMatchObject(mismatch);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses the limit %d",
    async (limit) => {
      const storage = await checked();
      const query = { filter: here, limit };
      for (const answer of [
        storage.list({ ...query, offset: 0 }),
        storage.nearest({ ...query, vector }),
        storage.matching?.({ ...query, text: "x" }),
      ])
        await expect(answer).rejects.toMatchObject(refused("limit"));
    },
  );

  test("refuses an offset that is no place in a list", async () => {
    const storage = await checked();
    for (const offset of [-1, 0.5, Number.NaN])
      await expect(storage.list({ filter: here, limit: 1, offset })).rejects.toMatchObject(
        refused("offset"),
      );
  });
});

describe("checkedStorage on failures", () => {
  test("lets no error of a backend escape, and keeps it as the cause", async () => {
    const cause = new Error("connect canary:6379 refused");
    const fail = () => {
      throw cause;
    };
    const broken = {
      ...inMemoryStorage(),
      write: fail,
      count: () => Promise.reject(cause),
      close: fail,
    };
    const storage = checkedStorage(broken);
    for (const [verb, call] of Object.entries({
      write: () => storage.write({ put: [record("a")], remove: [] }),
      count: () => storage.count(here),
      close: () => storage.close(),
    }))
      await expect(call()).rejects.toMatchObject({
        code: "STORAGE_UNAVAILABLE",
        cause,
        message: `The storage "in-memory" failed in ${verb}().`,
      });
  });

  test("hands on a MemoryError as it is", async () => {
    const error = new MemoryError("WRITE_UNKNOWN", "Perhaps.");
    const storage = await checked({ count: () => Promise.reject(error) });
    await expect(storage.count(here)).rejects.toBe(error);
  });

  test("has text search exactly where the storage has it", async () => {
    const { matching: _, ...without } = inMemoryStorage();
    expect(checkedStorage(without).matching).toBeUndefined();
    expect(checkedStorage(inMemoryStorage()).matching).toBeTypeOf("function");
    expect(checkedStorage(without)).toMatchObject({
      name: "in-memory",
      supports: without.supports,
    });
  });

  test("tells of upkeep that fails exactly where the storage does, with no error of its own", () => {
    expect(checkedStorage(inMemoryStorage()).onUpkeepFailed).toBeUndefined();
    const cause = new Error("canary");
    const known = new MemoryError("STORAGE_CORRUPT", "A file is missing.");
    const storage = checkedStorage({
      ...inMemoryStorage(),
      onUpkeepFailed: (listener) => {
        for (const error of [cause, known]) listener(error);
      },
    });
    const told: unknown[] = [];
    storage.onUpkeepFailed?.((error) => told.push(error));
    const message = 'The storage "in-memory" failed in its upkeep.';
    expect(told).toEqual([
      expect.objectContaining({ code: "STORAGE_UNAVAILABLE", cause, message }),
      known,
    ]);
  });

  test("calls a storage that is a class with itself as this", async () => {
    class Answering {
      readonly #records = [{ record: record("a"), vector, relevance: 1 }];
      async count() {
        return this.#records.length;
      }
      async matching() {
        return this.#records;
      }
    }
    const storage = checkedStorage(new Answering() as never);
    expect(await storage.count(here)).toBe(1);
    expect(await storage.matching?.({ text: "x", filter: here, limit: 1 })).toHaveLength(1);
  });
});

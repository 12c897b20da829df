import { describe, expect, test } from "vitest";
import type { StoredRecord } from "../domain/memory-record.ts";
import { unitVector } from "../domain/vector.ts";
import { newRecord, parseDraft } from "../save/draft.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { formerVersions } from "./former-versions.ts";
import { inMemoryStorage } from "./in-memory-storage.ts";

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));

function record(id: string, given: Partial<StoredRecord> = {}): StoredRecord {
  const draft = { ...parseDraft(`text of ${id}`, {}), vector: unitVector([1, 1]) };
  return { ...newRecord(draft, {}, { id, now: minute(0), defaultImportance: 0.5 }), ...given };
}

const replaced = (id: string, by: string, at: number, given: Partial<StoredRecord> = {}) =>
  record(id, { supersededBy: by, supersededAt: minute(at), ...given });

async function storageWith(put: StoredRecord[]) {
  const storage = inMemoryStorage({ runtime: manualRuntime() });
  await storage.open({ dimensions: 2, embedder: "test" });
  await storage.write({ put, remove: [] });
  return storage;
}

const idsOf = (records: readonly { id: string }[]) => records.map(({ id }) => id);

describe("formerVersions", () => {
  test("finds what was replaced, and what that had replaced, newest replacement first", async () => {
    const storage = await storageWith([
      record("a"),
      replaced("b", "a", 3),
      replaced("c", "b", 1),
      replaced("d", "a", 2),
      record("other"),
      replaced("e", "other", 4),
    ]);
    expect(idsOf(await formerVersions(storage, ["a"], { visibleTo: "all" }))).toEqual([
      "b",
      "d",
      "c",
    ]);
    expect(idsOf(await formerVersions(storage, ["b"], { visibleTo: "all" }))).toEqual(["c"]);
    expect(idsOf(await formerVersions(storage, ["a", "other"], { visibleTo: "all" }))).toEqual([
      "e",
      "b",
      "d",
      "c",
    ]);
  });

  test("finds nothing for a record that replaced nothing, that is missing, or for none", async () => {
    const storage = await storageWith([record("a"), replaced("b", "a", 1)]);
    expect(await formerVersions(storage, ["b"], { visibleTo: "all" })).toEqual([]);
    expect(await formerVersions(storage, ["missing"], { visibleTo: "all" })).toEqual([]);
    expect(await formerVersions(storage, [], { visibleTo: "all" })).toEqual([]);
  });

  test("shows private versions to their own source only", async () => {
    const storage = await storageWith([
      record("a"),
      replaced("b", "a", 1, { source: "alice", private: true }),
      replaced("c", "a", 2),
    ]);
    expect(idsOf(await formerVersions(storage, ["a"], { visibleTo: "public" }))).toEqual(["c"]);
    expect(idsOf(await formerVersions(storage, ["a"], { visibleTo: { source: "bob" } }))).toEqual([
      "c",
    ]);
    expect(idsOf(await formerVersions(storage, ["a"], { visibleTo: { source: "alice" } }))).toEqual(
      ["c", "b"],
    );
  });

  test("ends where records replaced each other in a circle", async () => {
    const storage = await storageWith([replaced("a", "b", 1), replaced("b", "a", 2)]);
    expect(idsOf(await formerVersions(storage, ["a"], { visibleTo: "all" }))).toContain("b");
  });

  test("finds all of more than a thousand", async () => {
    const many = Array.from({ length: 2500 }, (_, i) => replaced(`a@${i}`, "a", i));
    const storage = await storageWith([record("a"), ...many]);
    const found = idsOf(await formerVersions(storage, ["a"], { visibleTo: "all" }));
    expect(found).toEqual(idsOf(many).reverse());
  });
});

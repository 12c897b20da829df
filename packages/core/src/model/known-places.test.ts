import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseScope } from "../domain/scope.ts";
import { unitVector } from "../domain/vector.ts";
import { newRecord, parseDraft, type RememberOptions } from "../save/draft.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { knownPlaces } from "./known-places.ts";

const root = parseScope("/");

async function storageOf(...records: RememberOptions[]) {
  const runtime = manualRuntime();
  const storage = inMemoryStorage({ runtime });
  await storage.open({ dimensions: 2, embedder: "test" });
  const put = records.map((options) => {
    const draft = { ...parseDraft("text", options), vector: unitVector([1, 0]) };
    const when = { id: runtime.newId(), now: runtime.now(), defaultImportance: 0.5 };
    return newRecord(draft, {}, when);
  });
  if (put.length > 0) await storage.write({ put, remove: [] });
  return storage;
}

describe("knownPlaces", () => {
  test("names scopes and categories, the most used first, then by name", async () => {
    const storage = await storageOf(
      { scope: "/b", categories: ["y"] },
      { scope: "/a", categories: ["x", "z"] },
      { scope: "/c", categories: ["z"] },
      { scope: "/c" },
      {},
    );
    expect(await knownPlaces(storage, root, "public")).toEqual({
      scopes: ["/c", "/a", "/b"],
      categories: ["z", "x", "y"],
    });
  });

  test("sees the inside of a root alone, as from there", async () => {
    const storage = await storageOf(
      { scope: "/team", categories: ["at the root"] },
      { scope: "/team/plans", categories: ["plan"] },
      { scope: "/team/plans/old" },
      { scope: "/teams/secret", categories: ["other"] },
      { scope: "/", categories: ["above"] },
    );
    expect(await knownPlaces(storage, parseScope("/team"), "public")).toEqual({
      scopes: ["/plans", "/plans/old"],
      categories: ["at the root", "plan"],
    });
  });

  test("never tells of private records of others", async () => {
    const storage = await storageOf(
      { scope: "/public", categories: ["public"] },
      { scope: "/alice", categories: ["hers"], source: "alice", private: true },
      { scope: "/bob", categories: ["his"], source: "bob", private: true },
    );
    expect(await knownPlaces(storage, root, "public")).toEqual({
      scopes: ["/public"],
      categories: ["public"],
    });
    expect(await knownPlaces(storage, root, { source: "alice" })).toEqual({
      scopes: ["/alice", "/public"],
      categories: ["hers", "public"],
    });
  });

  test("is bounded in the prompt, and prefers what is used most", async () => {
    const label = fc.string({ unit: "binary", minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.array(label, { maxLength: 30 }), async (labels) => {
        const categories = new Map(labels.map((label, i) => [label, i]));
        const { scopes } = await storageOf();
        const known = await knownPlaces(
          { scopes, categories: async () => categories },
          root,
          "public",
        );
        expect(JSON.stringify(known.categories).length).toBeLessThan(210);
        const fitting = [...categories.keys()].filter((each) => JSON.stringify(each).length < 200);
        const byUse = fitting.sort((a, b) => Number(categories.get(b)) - Number(categories.get(a)));
        expect(known.categories[0]).toBe(byUse[0]);
      }),
    );
    const many = Array.from({ length: 500 }, (_, i) => ({ scope: `/project/number-${i}` }));
    const storage = await storageOf(...many, { scope: "/used" }, { scope: "/used" });
    const { scopes } = await knownPlaces(storage, root, "public");
    expect(JSON.stringify(scopes).length).toBeLessThan(510);
    expect(scopes.length).toBeGreaterThan(15);
    expect(scopes[0]).toBe("/used");
  });

  test("passes over a name that is too long, not what comes after it", async () => {
    const storage = await storageOf(
      { categories: ["x".repeat(300)] },
      { categories: ["x".repeat(300), "short"] },
    );
    expect((await knownPlaces(storage, root, "public")).categories).toEqual(["short"]);
  });

  test("of an empty storage is nothing", async () => {
    const nothing = { scopes: [], categories: [] };
    expect(await knownPlaces(await storageOf(), root, "public")).toEqual(nothing);
  });
});

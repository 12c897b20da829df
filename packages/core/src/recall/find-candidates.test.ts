import { describe, expect, test } from "vitest";
import { parseScope } from "../domain/scope.ts";
import { cosine, unitVector } from "../domain/vector.ts";
import { newRecord, parseDraft } from "../save/draft.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { findCandidates, type Search } from "./find-candidates.ts";

const now = new Date("2026-01-01T00:00:00.000Z");
const texts = {
  a: "green tea in the morning",
  b: "tea with the neighbours",
  c: "a walk in the woods",
  d: "the car is green",
};
const vectors = { a: [1, 0], b: [0.2, 1], c: [0.9, 0.3], d: [-1, 0.1] };

async function sampleStorage() {
  const storage = inMemoryStorage();
  await storage.open({ dimensions: 2, embedder: "test" });
  const put = Object.entries(texts).map(([id, text]) => {
    const draft = parseDraft(text, { scope: id === "d" ? "/d" : "/x" });
    const vector = unitVector(vectors[id as keyof typeof vectors]);
    return newRecord({ ...draft, vector }, {}, { id, now, defaultImportance: 0.5 });
  });
  await storage.write({ put, remove: [] });
  return storage;
}

const search: Search = {
  text: "tea",
  vector: unitVector([1, 0]),
  filter: { visibleTo: "all" },
  limit: 2,
  hybrid: true,
};

describe("findCandidates", () => {
  test("finds the nearest and those that share words, each once", async () => {
    const found = await findCandidates(await sampleStorage(), search);
    expect(found.map(({ record }) => record.id).sort()).toEqual(["a", "b", "c"]);
  });

  test("knows the cosine of every candidate, whichever search found it", async () => {
    for (const { record, cosine: found } of await findCandidates(await sampleStorage(), search)) {
      const own = unitVector(vectors[record.id as keyof typeof vectors]);
      expect(found).toBeCloseTo(cosine(search.vector, own), 5);
    }
  });

  test("searches vectors alone where it is told to, or where the storage has no text search", async () => {
    const storage = await sampleStorage();
    const { matching: _, ...without } = storage;
    for (const found of [
      await findCandidates(storage, { ...search, hybrid: false }),
      await findCandidates(without, search),
    ]) {
      expect(found.map(({ record }) => record.id)).toEqual(["a", "c"]);
      expect(found.map(({ wordMatch }) => wordMatch)).toEqual([undefined, undefined]);
    }
  });

  test("gives the best text match the share of the asked words that it has", async () => {
    const found = await findCandidates(await sampleStorage(), { ...search, text: "tea zeppelin" });
    const best = Math.max(...found.map(({ wordMatch = 0 }) => wordMatch));
    expect(best).toBe(0.5);
  });

  test("keeps both searches inside the filter", async () => {
    const filter = { ...search.filter, scopes: [parseScope("/d")] };
    const found = await findCandidates(await sampleStorage(), {
      ...search,
      text: "green tea",
      filter,
    });
    expect(found.map(({ record }) => record.id)).toEqual(["d"]);
  });

  test("finds nothing where there is nothing", async () => {
    const storage = inMemoryStorage();
    await storage.open();
    expect(await findCandidates(storage, search)).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Metadata } from "../domain/metadata.ts";
import { covers, parseScope } from "../domain/scope.ts";
import { similarityFromCosine } from "../domain/score.ts";
import { cosine, unitVector } from "../domain/vector.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { newRecord, parseDraft, type RememberOptions } from "./draft.ts";
import { findSimilar } from "./find-similar.ts";

const runtime = manualRuntime();
const limits = { consolidationThreshold: 0.85, consolidationLimit: 5 };

function embedded(degrees: number, options: RememberOptions = {}) {
  const radians = (degrees * Math.PI) / 180;
  const vector = unitVector([Math.cos(radians), Math.sin(radians)]);
  return { ...parseDraft("text", options), vector };
}

function stored(id: string, degrees: number, options: RememberOptions = {}) {
  const when = { id, now: runtime.now(), defaultImportance: 0.5 };
  return newRecord(embedded(degrees, options), {}, when);
}

async function storageOf(...put: ReturnType<typeof stored>[]) {
  const storage = inMemoryStorage({ runtime });
  await storage.open({ dimensions: 2, embedder: "test" });
  if (put.length > 0) await storage.write({ put, remove: [] });
  return storage;
}

async function idsLike(
  options: RememberOptions,
  records: ReturnType<typeof stored>[],
  given = limits,
) {
  const [draft] = await findSimilar([embedded(0, options)], await storageOf(...records), given);
  return draft?.similar.map(({ id }) => id);
}

const alice = { source: "alice", private: true };
const later = new Date(runtime.now().getTime() + 1000);

describe("findSimilar", () => {
  test("finds what reaches the threshold, the most similar first, as much as the limit allows", async () => {
    const records = [stored("c", 20), stored("far", 30), stored("a", 0), stored("b", 10)];
    expect(await idsLike({}, records)).toEqual(["a", "b", "c"]);
    expect(await idsLike({}, records, { ...limits, consolidationLimit: 2 })).toEqual(["a", "b"]);
    expect(await idsLike({}, records, { ...limits, consolidationThreshold: 1 })).toEqual(["a"]);
    expect(await idsLike({}, [])).toEqual([]);
  });

  test("finds a record at exactly the threshold", async () => {
    const [record, draft] = [stored("a", 20), embedded(0)];
    const consolidationThreshold = similarityFromCosine(cosine(record.vector, draft.vector));
    expect(await idsLike({}, [record], { ...limits, consolidationThreshold })).toEqual(["a"]);
  });

  test("looks for each draft on its own", async () => {
    const storage = await storageOf(stored("a", 0), stored("b", 90));
    const found = await findSimilar([embedded(90), embedded(45), embedded(0)], storage, limits);
    expect(found.map(({ similar }) => similar.map(({ id }) => id))).toEqual([["b"], [], ["a"]]);
  });

  test("shows no vector", async () => {
    const [draft] = await findSimilar([embedded(0)], await storageOf(stored("a", 0)), limits);
    expect(draft?.similar[0]).not.toHaveProperty("vector");
  });

  test.each<[string, RememberOptions, string[]]>([
    ["a public draft: what is public", {}, ["bob's", "hers, public", "public"]],
    ["a private draft: what its source has said in private", alice, ["hers"]],
    ["a private draft of another", { ...alice, source: "carol" }, []],
    [
      "a public draft of the same source: no private record",
      { source: "alice" },
      ["bob's", "hers, public", "public"],
    ],
  ])("compares %s", async (_, options, ids) => {
    const records = [
      stored("public", 0),
      stored("bob's", 0, { source: "bob" }),
      stored("bob's, private", 0, { source: "bob", private: true }),
      stored("hers", 0, alice),
      stored("hers, public", 0, { source: "alice" }),
    ];
    expect((await idsLike(options, records))?.sort()).toEqual(ids);
  });

  test("looks inside of the given scope, else of the root, and nowhere else", async () => {
    const records = ["/", "/a", "/a/b", "/ab"].map((scope) => stored(scope, 0, { scope }));
    const found = async (options: RememberOptions) => (await idsLike(options, records))?.sort();
    expect(await found({})).toEqual(["/", "/a", "/a/b", "/ab"]);
    expect(await found({ scope: "/a" })).toEqual(["/a", "/a/b"]);
    expect(await found({ rootScope: "/a" })).toEqual(["/a", "/a/b"]);
    expect(await found({ rootScope: "/a", scope: "b" })).toEqual(["/a/b"]);
  });

  test("leaves out what was replaced and what expires, on either side", async () => {
    const replaced = { ...stored("old", 0), supersededBy: "a", supersededAt: runtime.now() };
    const records = [replaced, stored("expires", 0, { expiresAt: later }), stored("a", 0)];
    expect(await idsLike({}, records)).toEqual(["a"]);
    expect(await idsLike({ expiresAt: later }, records)).toEqual([]);
  });

  test("leaves out what the caller's metadata set apart, and joins lists", async () => {
    const of = (metadata: Metadata) => stored(JSON.stringify(metadata), 0, { metadata });
    const records = [of({}), of({ user: "ann" }), of({ user: "bob" }), of({ user: ["bob"] })];
    const found = await idsLike({ metadata: { user: "ann", order: 7 } }, records);
    expect(found?.sort()).toEqual(['{"user":"ann"}', "{}"]);
    expect(await idsLike({ metadata: { tags: ["a"] } }, [of({ tags: ["b"] })])).toHaveLength(1);
  });

  test("finds what is of its kind also behind others that are more like it", async () => {
    const others = Array.from({ length: 15 }, (_, i) =>
      stored(`other ${i}`, 0, { expiresAt: later }),
    );
    expect(await idsLike({}, [...others, stored("a", 5)])).toEqual(["a"]);
  });

  test("never finds a record that a reader of the draft may not see", async () => {
    const who = fc.record(
      {
        source: fc.constantFrom("alice", "bob"),
        scope: fc.constantFrom("/", "/a", "/a/b", "/ab"),
        private: fc.constant(true),
      },
      { requiredKeys: ["source"] },
    );
    await fc.assert(
      fc.asyncProperty(who, fc.array(who, { maxLength: 12 }), async (mine, others) => {
        const storage = await storageOf(...others.map((who, i) => stored(`${i}`, 0, who)));
        const [draft] = await findSimilar([embedded(0, mine)], storage, limits);
        for (const record of draft?.similar ?? []) {
          expect(record.private && (!mine.private || record.source !== mine.source)).toBe(false);
          expect(covers(parseScope(mine.scope ?? "/"), record.scope)).toBe(true);
        }
      }),
    );
  });
});

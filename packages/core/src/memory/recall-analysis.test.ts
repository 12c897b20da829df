import { describe, expect, test } from "vitest";
import { analysis, contents, day, memoryWithModel, save } from "../testing/memory-with-model.ts";

describe("whether a model is asked", () => {
  test.each([
    ["for a query of the threshold's length", 5, "abcde", {}, 1],
    ["not for a shorter one", 5, "abcd", {}, 0],
    ["for every query where the threshold is 0", 0, "a", {}, 1],
    ["not in a shallow recall", 0, "a", { depth: "shallow" } as const, 0],
  ])("%s", async (_, queryAnalysisThreshold, query, options, calls) => {
    const { memory, model } = memoryWithModel(
      { analyse_query: analysis },
      { queryAnalysisThreshold },
    );
    await save(memory, "abcde");
    expect(await memory.recall(query, options)).toHaveLength(1);
    expect(model.calls).toHaveLength(calls);
  });

  test("without a model a deep recall is a shallow one", async () => {
    const { memory } = memoryWithModel({}, { llm: false });
    await save(memory, "the key hangs behind the clock");
    await save(memory, "the lamp");
    const [deep, shallow] = [
      await memory.recall("key"),
      await memory.recall("key", { depth: "shallow" }),
    ];
    expect(deep).toEqual(shallow);
  });
});

describe("analysis", () => {
  test("the model is told the day where the caller is, and the places that the caller may see", async () => {
    const { memory, asked } = memoryWithModel(
      { analyse_query: analysis },
      { timeZone: "Asia/Tokyo" },
    );
    await save(memory, "a", "/house/attic");
    await save(memory, "b", "/house");
    await memory.remember("c", { scope: "/house/safe", private: true, source: "Ada" });
    await save(memory, "d", "/office");
    await memory.recall("where?", { scope: "/house" });
    await memory.recall("where?", { scope: "/house", source: "Ada", timeZone: "UTC" });
    expect(asked("analyse_query")).toEqual([
      {
        today: "2026-01-16",
        weekday: "Friday",
        timeZone: "Asia/Tokyo",
        scopes: ["/house", "/house/attic"],
        query: "where?",
      },
      expect.objectContaining({
        today: "2026-01-15",
        weekday: "Thursday",
        scopes: ["/house", "/house/attic", "/house/safe"],
      }),
    ]);
  });

  test("the model names places as the view does that asks, and hears of none outside of it", async () => {
    const answer = { ...analysis, scopes: ["/attic"] };
    const { memory, asked } = memoryWithModel({ analyse_query: answer });
    await save(memory, "key a", "/acme/house/attic");
    await save(memory, "key b", "/acme/house");
    await save(memory, "key c", "/attic");
    const house = memory.scope("/acme/house");
    const views = [
      house,
      memory.scope("/acme").scope("/house"),
      house.as("Ada"),
      house.slice({ scopes: ["/attic", "/cellar"] }),
    ];
    for (const view of views) expect(contents(await view.recall("key"))).toEqual(["key a"]);
    expect(asked("analyse_query").map(({ scopes }) => scopes)).toEqual([
      ["/attic"],
      ["/attic"],
      ["/attic"],
      ["/attic"],
    ]);
  });

  test("the query and its questions are embedded in one call and searched", async () => {
    const answer = { ...analysis, queries: ["zzz", "yyy", "aaa"], keywords: ["xx"] };
    const { memory, embedder } = memoryWithModel({ analyse_query: answer });
    for (const text of ["zzzz", "yyyy", "aaaa"]) await save(memory, text);
    const before = embedder.calls.length;
    const matches = await memory.recall("aaa");
    expect(embedder.calls.slice(before)).toEqual([["aaa", "zzz", "yyy"]]);
    expect(matches.map(({ similarity }) => Math.round(similarity * 100))).toEqual([100, 100, 100]);
  });

  test("keywords count as words of the query, and not as a question of their own", async () => {
    const answer = { ...analysis, queries: ["key"], keywords: ["lamp", "attic"] };
    const { memory } = memoryWithModel({ analyse_query: answer });
    await save(memory, "the lamp");
    await save(memory, "nothing of it");
    const parts = (await memory.recall("light?")).map(({ explanation }) => explanation.lexical);
    // One of the three words of "light? lamp attic"; a question "lamp attic" would give it one of two.
    expect(parts.sort()).toEqual([0, expect.closeTo((0.5 * 0.4) / 3, 10)]);
  });

  test("a match counts once, and its parts add up to its score", async () => {
    const answer = { ...analysis, queries: ["key clock", "the key", "the clock"] };
    const { memory } = memoryWithModel({ analyse_query: answer });
    await save(memory, "the key hangs behind the clock");
    await save(memory, "the clock is slow");
    const matches = await memory.recall("where is the key?");
    expect(contents(matches)).toEqual(["the clock is slow", "the key hangs behind the clock"]);
    for (const { score, explanation } of matches)
      expect(Object.values(explanation).reduce((sum, part) => sum + part)).toBeCloseTo(score, 10);
  });

  test("scopes are searched within the caller's, and a scope elsewhere changes nothing", async () => {
    let scopes = ["/house/attic", "/office"];
    const { memory } = memoryWithModel({ analyse_query: () => ({ ...analysis, scopes }) });
    await save(memory, "key a", "/house/attic");
    await save(memory, "key b", "/house");
    await save(memory, "key c", "/office");
    expect(contents(await memory.recall("key", { scope: "/house" }))).toEqual(["key a"]);
    scopes = ["/office"];
    expect(contents(await memory.recall("key", { scope: "/house" }))).toEqual(["key a", "key b"]);
  });

  test("a period is one of the caller's days, and stays within the caller's own dates", async () => {
    const answer = { ...analysis, from: "2026-01-16", until: "2026-01-17" };
    const { memory, runtime } = memoryWithModel({ analyse_query: answer });
    await save(memory, "key of Thursday evening"); // Friday in Tokyo
    runtime.advance(day);
    await save(memory, "key of Friday evening");
    runtime.advance(day);
    await save(memory, "key of Saturday evening");
    const inUtc = await memory.recall("key");
    expect(contents(inUtc)).toEqual(["key of Friday evening", "key of Saturday evening"]);
    const inTokyo = await memory.recall("key", { timeZone: "Asia/Tokyo" });
    expect(contents(inTokyo)).toEqual(["key of Friday evening", "key of Thursday evening"]);
    const createdAfter = new Date("2026-01-17T00:00:00.000Z");
    const later = await memory.recall("key", { createdAfter });
    expect(contents(later)).toEqual(["key of Saturday evening"]);
  });

  test("where the model's places hold nothing, the whole of the caller's scope is searched", async () => {
    const answer = { ...analysis, scopes: ["/house/cellar"], from: "2026-01-15", until: null };
    const { memory } = memoryWithModel({ analyse_query: answer });
    await save(memory, "key a", "/house/attic");
    await save(memory, "key c", "/office");
    const matches = await memory.recall("key", { scope: "/house" });
    expect(contents(matches)).toEqual(["key a"]);
    expect(matches[0]?.evidenceGaps).toEqual([]);
  });

  test("where its period holds nothing either, any time is searched, and the first match says so", async () => {
    const answer = { ...analysis, scopes: ["/x"], from: "2025-01-01", until: "2025-01-31" };
    const { memory } = memoryWithModel({ analyse_query: answer });
    await save(memory, "key a");
    await save(memory, "key b");
    const matches = await memory.recall("key");
    expect(matches.map(({ evidenceGaps }) => evidenceGaps)).toEqual([
      ["Nothing was saved from 2025-01-01 to 2025-01-31."],
      [],
    ]);
  });
});

import { describe, expect, test } from "vitest";
import { analysis, contents, day, memoryWithModel, save } from "../testing/memory-with-model.ts";

describe("exploration", () => {
  const gap = { fact: "who has the spare one", question: "zzzz" };
  const exploring = {
    explorationBudget: 1,
    confidenceThresholdLow: 0.9,
    confidenceThresholdHigh: 1,
  };

  test("asks what the best matches leave open, and adds what its questions find", async () => {
    const { memory, asked } = memoryWithModel(
      { analyse_query: { ...analysis, queries: ["aab"] }, find_gaps: { missing: [gap] } },
      { ...exploring, recallOversampleFactor: 1, lexicalWeight: 0 },
    );
    await save(memory, "zzz");
    await save(memory, `aab ${"b".repeat(500)}`);
    const [without] = await memory.recall("aab", { limit: 1, depth: "shallow" });
    const [first] = await memory.recall("aab", { limit: 1 });
    expect(asked("find_gaps")).toEqual([
      {
        today: "2026-01-15",
        query: "aab",
        searched: ["aab"],
        memories: [{ saved: "2026-01-15", content: `aab ${"b".repeat(396)} …` }],
      },
    ]);
    expect(contents([without, first].filter((match) => match !== undefined))).toEqual([
      without?.record.content,
      "zzz",
    ]);
    expect(first?.evidenceGaps).toEqual([]);
  });

  test("tells what stays missing on the first match, and how much in the event, without its text", async () => {
    const { memory } = memoryWithModel(
      { analyse_query: analysis, find_gaps: { missing: [gap] } },
      exploring,
    );
    const events: { evidenceGaps: number }[] = [];
    memory.on("query.completed", (event) => events.push(event));
    await save(memory, "aa");
    await save(memory, "ab");
    const matches = await memory.recall("a");
    expect(matches.map(({ evidenceGaps }) => evidenceGaps)).toEqual([[gap.fact], []]);
    expect(events.map(({ evidenceGaps }) => evidenceGaps)).toEqual([1]);
    expect(JSON.stringify(events)).not.toContain("spare");
  });

  test.each([
    ["only what the model has seen stays open", "baa", 0.3],
    ["something new that does not fit stays open", "zzzz", 0.9],
    ["something new that fits is filled", "zzzz", 0.3],
  ])("a gap whose question finds %s", async (found, question, confidenceThresholdLow) => {
    const { memory } = memoryWithModel(
      {
        analyse_query: { ...analysis, queries: ["aab"], complexity: "complex" },
        find_gaps: { missing: [{ ...gap, question }] },
      },
      {
        explorationBudget: 1,
        complexQueryThreshold: 1,
        confidenceThresholdLow,
        recallOversampleFactor: 1,
        lexicalWeight: 0,
      },
    );
    for (const text of ["aab", "zzq"]) await save(memory, text);
    // One candidate a question: the query finds "aab", "zzzz" finds "zzq".
    const [first] = await memory.recall("aab", { limit: 1 });
    expect(first?.evidenceGaps).toEqual(found.endsWith("is filled") ? [] : [gap.fact]);
  });

  test.each([
    ["is not made without budget", 0, () => ({ missing: [gap] }), 0],
    ["ends with its budget", 2, (n: number) => ({ missing: [{ ...gap, question: `z${n}` }] }), 2],
    ["ends where nothing is missing", 5, () => ({ missing: [] }), 1],
    ["ends where the model repeats its questions", 5, () => ({ missing: [gap] }), 2],
  ])("%s", async (_, explorationBudget, answer, calls) => {
    let count = 0;
    const find_gaps = () => answer(++count);
    const { memory } = memoryWithModel(
      { analyse_query: analysis, find_gaps },
      { ...exploring, explorationBudget },
    );
    await save(memory, "aa");
    await memory.recall("b");
    expect(count).toBe(calls);
  });

  test("is for a best match below the threshold: of a complex query another one", async () => {
    let complexity = "simple";
    const { memory, asked } = memoryWithModel(
      { analyse_query: () => ({ ...analysis, complexity }), find_gaps: { missing: [] } },
      { explorationBudget: 1, confidenceThresholdLow: 0, complexQueryThreshold: 1 },
    );
    await save(memory, "aa");
    await memory.recall("aa");
    expect(asked("find_gaps")).toHaveLength(0);
    complexity = "complex";
    await memory.recall("aa");
    expect(asked("find_gaps")).toHaveLength(1);
  });

  test("asks nothing where the caller sees nothing", async () => {
    const { memory, asked } = memoryWithModel({ analyse_query: analysis }, exploring);
    await save(memory, "aa", "/a");
    expect(await memory.recall("aa", { scope: "/b" })).toEqual([]);
    expect(asked("find_gaps")).toEqual([]);
  });

  test("looks beyond the places that the analysis took, and within its period", async () => {
    const answer = { ...analysis, scopes: ["/a"], from: "2026-01-16", until: null };
    const { memory, runtime } = memoryWithModel(
      { analyse_query: answer, find_gaps: { missing: [gap] } },
      exploring,
    );
    await save(memory, "zzz, too old", "/b");
    runtime.advance(day);
    await save(memory, "aa", "/a");
    await save(memory, "zzz", "/b");
    expect(contents(await memory.recall("aa"))).toEqual(["aa", "zzz"]);
  });
});

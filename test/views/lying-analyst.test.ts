import assert from "node:assert/strict";
import fc from "fast-check";
import { inMemoryStorage, Memory } from "unimem";
import { manualRuntime, scriptedEmbedder, scriptedModel } from "unimem/testing";
import { expect, test } from "vitest";
import { isSelected, rootOf, segments } from "./expected.ts";
import { makeView, type ViewMaker, viewPlans } from "./view-plan.ts";
import { facts, fill, hostilePaths, paths, stored } from "./world.ts";

const analyses = fc.record({
  queries: fc.constant(["a lighthouse"]),
  keywords: fc.constantFrom([], ["zebra"]),
  scopes: fc.array(fc.constantFrom("/elsewhere", ...paths, ...hostilePaths), { maxLength: 3 }),
  complexity: fc.constantFrom("simple", "complex"),
  from: fc.constantFrom(null, "2025-12-31", "2026-01-02"),
  until: fc.constantFrom(null, "2026-01-01"),
});
const missing = [{ fact: "what is striped", question: "zebra" }];

/** Whatever a model makes of a query, a deep recall shows it and the caller what lies in the view, and no more. */
async function holdsInRecall(make: ViewMaker, runs: number, seed?: number): Promise<number> {
  let told = 0;
  const property = fc.asyncProperty(facts, viewPlans, analyses, async (all, plan, analysis) => {
    const runtime = manualRuntime();
    const storage = inMemoryStorage({ runtime });
    const parts = { storage, embedder: scriptedEmbedder(), runtime };
    const marked = all.map(({ content, ...fact }, i) => ({
      ...fact,
      content: `${content} (${i})`,
    }));
    await fill(new Memory({ ...parts, llm: false }), marked, runtime);
    const question = { who: {}, path: "/" };
    const now = runtime.now();
    const visible = (await stored(storage)).filter((each) => isSelected(each, plan, question, now));

    const llm = scriptedModel(({ name }) => (name === "analyse_query" ? analysis : { missing }));
    const sure = { confidenceThresholdLow: 1, confidenceThresholdHigh: 1 };
    const view = make(
      (options) => new Memory({ ...parts, llm, queryAnalysisThreshold: 0, ...sure, ...options }),
      plan,
    );
    const matches = await view.recall("the harbour");

    const ids = visible.map(({ id }) => id);
    for (const { record } of matches) assert.ok(ids.includes(record.id), "what is found");
    assert.equal(matches.length > 0, visible.length > 0, "an answer, where there is any");
    const places = visible.map(({ scope }) => segments(scope).join("/"));
    const contents = visible.map(({ content }) => content);
    for (const { prompt } of llm.calls) {
      const { scopes = [], memories = [] } = JSON.parse(prompt);
      for (const path of scopes) {
        assert.ok(
          places.includes([...rootOf(plan), ...segments(path)].join("/")),
          "a place told of",
        );
        told++;
      }
      for (const { content } of memories) assert.ok(contents.includes(content), "a memory shown");
    }
  });
  await fc.assert(property, {
    numRuns: runs,
    ...(seed !== undefined && { seed, endOnFailure: true }),
  });
  return told;
}

test("no model leads a deep recall out of a view, or hears of what is hidden or lies outside", async () => {
  expect(await holdsInRecall(makeView, 300)).toBeGreaterThan(20);
});

test.each<[string, ViewMaker]>([
  ["of the whole memory", (open, plan) => makeView(open, { ...plan, rootScope: "/", scopes: [] })],
  [
    "that forgets its principal",
    (open, plan) => makeView(open, { ...plan, as: { source: "ada", after: 0 } }),
  ],
])("that is noticed of a view %s", async (_, careless) => {
  await expect(holdsInRecall(careless, 300, 1)).rejects.toMatchObject({
    cause: { code: "ERR_ASSERTION" },
  });
});

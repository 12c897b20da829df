/** A deep recall, step by step: what the model is asked, what it answers, and what comes of it. */
import assert from "node:assert/strict";
import { formatMatches, Memory } from "unimem";
import { manualRuntime, scriptedModel } from "unimem/testing";

const day = 24 * 60 * 60 * 1000;
const runtime = manualRuntime("2025-12-15T09:00:00.000Z");

// region model
// Stands in for a language model, so that this example answers the same every time.
const model = scriptedModel(({ name }) =>
  name === "analyse_query"
    ? {
        queries: ["Who has the key of the boathouse?", "When is the boat to be painted?"],
        keywords: ["boathouse", "key", "boat", "paint"],
        scopes: ["/club/boathouse"],
        complexity: "complex",
        from: "2025-12-01",
        until: "2025-12-31",
      }
    : {
        missing: [
          { fact: "the colour of the paint", question: "Which colour was bought for the hull?" },
          { fact: "who pays for it", question: "Who pays the invoice?" },
        ],
      },
);
// endregion model

const memory = new Memory({
  storage: "memory",
  embedder: "lexical",
  llm: model,
  runtime,
  timeZone: "Europe/Berlin",
});

// region records
const given = { categories: [], metadata: {}, importance: 0.5 }; // leaves the model nothing to fill in
await memory.remember("Jonas has the key of the boathouse.", {
  ...given,
  scope: "/club/boathouse",
});
runtime.advance(2 * day);
await memory.remember("The boat is to be painted in April.", {
  ...given,
  scope: "/club/boathouse",
});
await memory.remember("Dark green was bought for the hull.", { ...given, scope: "/club/shopping" });
runtime.advance(28 * day);
await memory.remember("Mira has the key of the bicycle shed.", { ...given, scope: "/club" });
// endregion records

// region recall
const question =
  "I am planning the work in the boathouse and have forgotten nearly everything that we agreed upon " +
  "in December: which of us has the key, when is the boat to be painted, and is there anything that is " +
  "still missing before we can begin?";
const matches = await memory.recall(question, { scope: "/club" });

for (const { record, score, evidenceGaps } of matches)
  console.log(score.toFixed(2), record.content, evidenceGaps);
// endregion recall

// region prompt
const prompt = formatMatches(matches, { maxTokens: 500 });
// endregion prompt
console.log(prompt);

// region asked
const [analysis, exploration] = model.calls.map(({ prompt }) => JSON.parse(prompt));
console.log(analysis); // { today: "2026-01-14", weekday: "Wednesday", timeZone, scopes: ["/club/boathouse", …], query }
console.log(exploration); // { today, query, searched: [the query and its questions], memories: [the two found] }
// endregion asked

assert.deepEqual(
  matches.map(({ record, score, evidenceGaps }) => [
    record.content,
    score.toFixed(3),
    ...evidenceGaps,
  ]),
  [
    ["The boat is to be painted in April.", "0.666", "who pays for it"],
    ["Jonas has the key of the boathouse.", "0.660"],
    ["Dark green was bought for the hull.", "0.552"],
  ],
);
const [best] = matches;
assert.ok(best);
const { semantic, lexical, recency, importance } = best.explanation;
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 5e-4);
near(semantic, 0.5 * 0.6 * 0.697); // the similarity to its own question
near(lexical, 0.5 * 0.4 * 1); // the best text match of that question, with all of its words
near(recency, 0.3 * 0.5 ** (28 / 30));
near(importance, 0.2 * 0.5);
assert.equal(exploration.memories.length, 2);
assert.ok(prompt.split("\n").length === 6);

await memory.close();

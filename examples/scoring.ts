/** One score worked out by hand: the parts of a match add up to it. */
import assert from "node:assert/strict";
import { type Embedder, Memory } from "unimem";
import { manualRuntime } from "unimem/testing";

// Vectors that one can calculate with: the cosine between a question and the record is 0.6.
const embedder: Embedder = {
  id: "by-hand/2",
  dimensions: 2,
  embed: async (texts) => ({
    vectors: texts.map((text) => (text.endsWith("?") ? [1, 0] : [0.6, 0.8])),
  }),
};
const runtime = manualRuntime();
const memory = new Memory({ storage: "memory", embedder, llm: false, runtime });
const day = 24 * 60 * 60 * 1000;

// region scoring
await memory.remember("The lamp is in the attic.", { importance: 0.8 });
runtime.advance(15 * day);

const [match] = await memory.recall("Where is the reading lamp?");
console.log(match?.score, match?.similarity, match?.matchReasons, match?.explanation);
// endregion scoring

assert.ok(match);
const { semantic, lexical, recency, importance } = match.explanation;
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-6);
near(match.similarity, 1 / (1 + 2 - 2 * 0.6)); // 0.556
near(semantic, 0.5 * 0.6 * match.similarity); // 0.167
near(lexical, 0.5 * 0.4 * 0.5); // 0.100: the best text match, with one of the two words asked for
near(recency, 0.3 * 0.5 ** (15 / 30)); // 0.212
near(importance, 0.2 * 0.8); // 0.160
near(match.score, semantic + lexical + recency + importance); // 0.639
assert.deepEqual(match.matchReasons, ["semantic", "lexical", "recency", "importance"]);

await memory.close();

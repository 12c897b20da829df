/** Any function from texts to vectors will do. This one counts the pairs of letters in a text. */
import assert from "node:assert/strict";
import { type Embedder, isMemoryError, Memory } from "unimem";

// region embedder
const letterPairs: Embedder = {
  id: "letter-pairs/676", // change it whenever the vectors change: stores remember it
  dimensions: 26 * 26,
  async embed(texts) {
    return { vectors: texts.map(countPairs) };
  },
};

function countPairs(text: string): Float32Array {
  const vector = new Float32Array(26 * 26);
  const letters = text.toLowerCase().replace(/[^a-z]/g, "");
  for (let i = 1; i < letters.length; i++) {
    const [first, second] = [letters.charCodeAt(i - 1) - 97, letters.charCodeAt(i) - 97];
    const place = first * 26 + second;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  return vector;
}

const memory = new Memory({ storage: "memory", embedder: letterPairs, llm: false });
// endregion embedder

await memory.rememberMany(["The photographer left early.", "Dinner was excellent."]);
const [best] = await memory.recall("fotographers");
console.log(best?.similarity.toFixed(3), best?.record.content);
assert.equal(best?.record.content, "The photographer left early.");

// A vector without direction is refused, and so is a question that gives one.
const refused = await memory.recall("42").catch((error) => error);
console.log(refused.code, refused.message);
assert.ok(isMemoryError(refused, "EMBEDDING_FAILED"));

await memory.close();

/** There is no lowest score: what fits well enough is for the caller to say, by similarity. */
import assert from "node:assert/strict";
import { Memory } from "unimem";

const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });
await memory.rememberMany([
  "The library closes at eight on Thursdays.",
  "The swimming pool is closed in August.",
  "Ines has borrowed the bicycle pump.",
]);

// region fits
const enough = 0.5; // for the lexical embedder and these texts
async function whatFits(question: string) {
  const matches = await memory.recall(question);
  return matches.filter(({ similarity }) => similarity >= enough);
}
console.log(await whatFits("When does the library close?")); // one match, with a similarity of 0.61
console.log(await whatFits("Who was the first king of Norway?")); // [], though the best score is 0.59
// endregion fits

const contents = async (question: string) =>
  (await whatFits(question)).map(({ record }) => record.content);
assert.deepEqual(await contents("When does the library close?"), [
  "The library closes at eight on Thursdays.",
]);
assert.deepEqual(await contents("Who was the first king of Norway?"), []);
const [library] = await memory.recall("When does the library close?");
assert.equal(library?.similarity.toFixed(2), "0.61");
const [norway] = await memory.recall("Who was the first king of Norway?");
assert.equal(norway?.score.toFixed(2), "0.59");

// region known
async function isKnown(fact: string): Promise<boolean> {
  const nearest = await memory.recall(fact, { depth: "shallow" });
  return nearest.some(({ similarity }) => similarity >= 0.9);
}
console.log(await isKnown("On Thursdays the library closes at eight.")); // true
console.log(await isKnown("The library closes at nine on Thursdays.")); // false: 0.65, so it says something else
// endregion known

assert.equal(await isKnown("On Thursdays the library closes at eight."), true);
assert.equal(await isKnown("The library closes at nine on Thursdays."), false);

await memory.close();

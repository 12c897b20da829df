/** What was known when: `asOf` answers from the past, `history` lists it, and what expires is gone from both. */
import assert from "node:assert/strict";
import { Memory } from "unimem";
import { manualRuntime } from "unimem/testing";

const runtime = manualRuntime("2026-03-02T08:00:00Z"); // so that the dates below are always the same
const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false, runtime });
const day = 24 * 60 * 60 * 1000;

// region changes
const { id } = await memory.remember("The office is in Lisbon.");
runtime.advance(7 * day);
await memory.update(id, { content: "The office is in Porto." });
runtime.advance(7 * day);
await memory.update(id, { content: "The office is in Braga." });

for (const moment of ["2026-03-03", "2026-03-10", "2026-03-17"]) {
  const [match] = await memory.recall("Where is the office?", { asOf: new Date(moment) });
  console.log(moment, match?.record.content); // Lisbon, Porto, Braga
}
const history = await memory.history(id);
console.log(history.map(({ content }) => content)); // Porto, Lisbon: the latest replacement first
// endregion changes

const cityAt = async (moment: string) =>
  (await memory.recall("office", { asOf: new Date(moment) }))[0]?.record.content;
assert.equal(await cityAt("2026-03-03"), "The office is in Lisbon.");
assert.equal(await cityAt("2026-03-10"), "The office is in Porto.");
assert.equal(await cityAt("2026-03-17"), "The office is in Braga.");
assert.deepEqual(
  history.map(({ content }) => content),
  ["The office is in Porto.", "The office is in Lisbon."],
);

// region expires
const tomorrow = new Date(runtime.now().getTime() + day);
const code = await memory.remember("The door code is 4711.", { expiresAt: tomorrow });
const before = runtime.now();
runtime.advance(day);

console.log(await memory.get(code.id)); // undefined
console.log((await memory.recall("door code")).length); // 1: the office alone
console.log(await memory.count("/", { asOf: before })); // 1: gone from the past as well
// endregion expires

assert.equal(await memory.get(code.id), undefined);
assert.equal((await memory.recall("door code")).length, 1);
assert.equal(await memory.count("/", { asOf: before }), 1);

// region end
// A record may be given an end later; its history ends with it. `expiresAt: null` takes the end back.
await memory.update(id, { expiresAt: new Date(runtime.now().getTime() + day) });
runtime.advance(day);
console.log(await memory.listRecords({ asOf: new Date("2026-03-03") })); // []
// endregion end

assert.deepEqual(await memory.listRecords({ asOf: new Date("2026-03-03") }), []);
assert.deepEqual(await memory.history(id), []);

await memory.close();

/** An update keeps what was said before: `history` lists it, `asOf` answers from it, `forget` ends it. */
import assert from "node:assert/strict";
import { Memory } from "unimem";
import { manualRuntime } from "unimem/testing";

const runtime = manualRuntime("2026-01-12T09:00:00Z"); // so that the dates below are always the same
const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false, runtime });
const day = 24 * 60 * 60 * 1000;

// region update
const { id } = await memory.remember("The launch is on 17 March.", { scope: "/launch" });
runtime.advance(28 * day);
const updated = await memory.update(id, { content: "The launch is on 7 April." });

console.log(updated.content, `(revision ${updated.revision})`);
for (const former of await memory.history(id))
  console.log("before:", former.content, "until", former.supersededAt?.toISOString());
// endregion update

assert.equal(updated.id, id);
assert.equal(updated.revision, 2);
const history = await memory.history(id);
assert.deepEqual(
  history.map(({ content }) => content),
  ["The launch is on 17 March."],
);

// region as-of
const now = await memory.recall("When is the launch?");
const inJanuary = await memory.recall("When is the launch?", { asOf: new Date("2026-01-31") });
console.log("now:       ", now[0]?.record.content);
console.log("in January:", inJanuary[0]?.record.content);
// endregion as-of

assert.deepEqual(
  now.map(({ record }) => record.content),
  ["The launch is on 7 April."],
);
assert.deepEqual(
  inJanuary.map(({ record }) => record.content),
  ["The launch is on 17 March."],
);

// region forget
console.log(await memory.forget({ ids: [id] })); // 1: the record, and its history goes with it
console.log(await memory.history(id)); // []
// endregion forget

assert.deepEqual(await memory.history(id), []);
assert.equal(await memory.get(id), undefined);

await memory.close();

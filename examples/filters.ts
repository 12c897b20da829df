/** Conditions on scope, categories, metadata and time: all that are given must hold. */
import assert from "node:assert/strict";
import { Memory } from "unimem";
import { manualRuntime } from "unimem/testing";

const runtime = manualRuntime("2026-01-05T09:00:00Z"); // so that the dates below are always the same
const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false, runtime });
const day = 24 * 60 * 60 * 1000;

// region records
await memory.rememberMany(
  [
    { content: "The lift stops at floor two.", categories: ["fault"], metadata: { floor: 2 } },
    { content: "The lift was oiled.", categories: ["repair"], metadata: { floor: 0, cost: 80 } },
  ],
  { scope: "/house/lift" },
);
runtime.advance(30 * day);
await memory.remember("The lift stops at floor five.", {
  scope: "/house/lift",
  categories: ["fault", "urgent"],
  metadata: { floor: 5, reportedBy: "Ines" },
});
// endregion records

// region recall
const question = "What is wrong with the lift?";
const faults = await memory.recall(question, { categories: ["fault"] });
const above = await memory.recall(question, { metadata: { floor: { gte: 3 } } });
const paid = await memory.recall(question, { metadata: { cost: { exists: true } } });
const recent = await memory.recall(question, { createdAfter: new Date("2026-02-01") });
const both = await memory.recall(question, { categories: ["fault"], metadata: { floor: 2 } });
// endregion recall

const found = (matches: typeof faults) => matches.map(({ record }) => record.content).sort();
assert.deepEqual(found(faults), ["The lift stops at floor five.", "The lift stops at floor two."]);
assert.deepEqual(found(above), ["The lift stops at floor five."]);
assert.deepEqual(found(paid), ["The lift was oiled."]);
assert.deepEqual(found(recent), ["The lift stops at floor five."]);
assert.deepEqual(found(both), ["The lift stops at floor two."]);
console.log({ faults: found(faults), above: found(above), paid: found(paid) });

// region other
// The same conditions select for counting, listing and forgetting.
console.log(await memory.count("/house", { categories: ["fault"] })); // 2
console.log(await memory.listCategories("/house")); // { fault: 2, repair: 1, urgent: 1 }
const [newest] = await memory.listRecords({ scope: "/house", limit: 1 });
console.log(newest?.content); // The lift stops at floor five.
console.log(await memory.forget({ createdBefore: new Date("2026-02-01") })); // 2
// endregion other

assert.equal(newest?.content, "The lift stops at floor five.");
assert.equal(await memory.count(), 1);

const misspelt = await memory
  .recall(question, JSON.parse('{ "category": ["fault"] }'))
  .catch((error) => error);
console.log(misspelt.message);
assert.equal(misspelt.code, "INVALID_INPUT");

await memory.close();

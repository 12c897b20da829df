/** Saving need not be waited for: reads wait for it by themselves, and events tell how it ended. */
import assert from "node:assert/strict";
import { type DroppedDraft, type Embedder, isMemoryError, lexicalEmbedder, Memory } from "unimem";

let embedderCalls = 0;
const lexical = lexicalEmbedder();
const embedder: Embedder = {
  ...lexical,
  embed(texts, options) {
    embedderCalls++;
    return lexical.embed(texts, options);
  },
};
const memory = new Memory({ storage: "memory", embedder, llm: false });
const dropped: DroppedDraft[] = [];

// region events
memory.on("save.completed", (event) => {
  console.log(`${event.records.length} saved in ${event.durationMs} ms`);
  dropped.push(...event.dropped);
});
memory.on("save.failed", ({ code, message }) => console.error(code, message));
// endregion events

// region upkeep
memory.on("upkeep.failed", ({ task, code, message }) => console.error(task, code, message));
// endregion upkeep

// region background
void memory.rememberMany(
  ["The kettle is in the blue room.", "The kettle is in the blue room.", "Tea is on the shelf."],
  { scope: "/kitchen" },
);

// The call above has not finished, and still this finds what it saves.
const matches = await memory.recall("Where is the kettle?");
console.log(matches[0]?.record.content);
// endregion background

assert.equal(matches[0]?.record.content, "The kettle is in the blue room.");
assert.equal(matches.length, 2);
assert.deepEqual(
  dropped.map(({ index, duplicateOf }) => ({ index, duplicateOf })),
  [{ index: 1, duplicateOf: 0 }],
);

embedderCalls = 0;
// region group
// Saves that wait together share one call of the embedder and one write.
await Promise.all([
  memory.remember("Milk is in the fridge."),
  memory.remember("Sugar is on the table."),
  memory.remember("Spoons are in the drawer."),
]);
// endregion group

assert.equal(embedderCalls, 1);
assert.equal(await memory.count(), 5);

// region all-or-none
// One wrong content refuses its whole call, before anything is saved.
const refused = await memory
  .rememberMany(["Cups are above the sink.", { content: "Plates too.", importance: 7 }])
  .catch((error) => error);
console.log(refused.message);
// endregion all-or-none

assert.ok(isMemoryError(refused, "INVALID_INPUT"));
assert.equal(await memory.count(), 5);

// region drain
void memory.rememberMany(["The cat is called Ada."]);
await memory.drainWrites(); // everything accepted so far has ended, well or badly
// endregion drain

assert.equal(await memory.count(), 6);

await memory.close();

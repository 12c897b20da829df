/** A fact that changes: the new one replaces the old one, and the old one can still be asked for. */
import assert from "node:assert/strict";
import { Memory } from "unimem";
import { manualRuntime } from "unimem/testing";
import { filingModel } from "./stand-in/filing-model.ts";

const runtime = manualRuntime("2026-01-12T09:00:00Z"); // so that the dates below are always the same
const day = 24 * 60 * 60 * 1000;
const old = "The launch of Atlas is planned for 17 March.";
const moved = "The launch of Atlas is planned for 7 April.";
const standIn = filingModel({
  [old]: { scope: "/atlas/launch", importance: 0.8 },
  [moved]: { scope: "/atlas/launch", importance: 0.8, first: { action: "delete" } },
});
const realModel = process.env.OPENAI_API_KEY !== undefined;
const memory = new Memory({
  storage: "memory",
  embedder: "lexical",
  llm: realModel ? "gpt-4o-mini" : standIn,
  consolidationThreshold: 0.5, // words alone are less alike than meanings are: ask sooner
  runtime,
});

// region contradiction
await memory.remember("The launch of Atlas is planned for 17 March.");
runtime.advance(28 * day);
const current = await memory.remember("The launch of Atlas is planned for 7 April.");

for (const { record } of await memory.recall("When is the launch of Atlas?"))
  console.log("now:", record.content);
for (const former of await memory.history(current.id))
  console.log("before:", former.content, "until", former.supersededAt?.toISOString());

const asOf = new Date("2026-01-31");
for (const { record } of await memory.recall("When is the launch of Atlas?", { asOf }))
  console.log("in January:", record.content);
// endregion contradiction

if (!realModel) {
  const contents = (await memory.recall("launch of Atlas")).map(({ record }) => record.content);
  assert.deepEqual(contents, [moved]);
  const history = await memory.history(current.id);
  assert.deepEqual(
    history.map(({ content }) => content),
    [old],
  );
  const before = await memory.recall("launch of Atlas", { asOf });
  assert.equal(before[0]?.record.content, old);
}
await memory.close();

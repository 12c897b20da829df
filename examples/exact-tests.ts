/** How to test an agent that remembers: no files, no network, no sleeping, the same result every time. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Memory } from "unimem";
import { manualRuntime } from "unimem/testing";

// region testing
const runtime = manualRuntime("2026-01-01T00:00:00Z"); // its clock stands still, its ids count up
const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false, runtime });
after(() => memory.close());

test("of two equal facts the newer goes first", async () => {
  const old = await memory.remember("The code of the door is 1234.");
  runtime.advance(30 * 24 * 60 * 60 * 1000);
  await memory.remember("The code of the door is 9876.");

  const matches = await memory.recall("What is the code of the door?");

  assert.equal(old.id, "id-000001");
  assert.deepEqual(
    matches.map(({ record }) => record.content),
    ["The code of the door is 9876.", "The code of the door is 1234."],
  );
  assert.deepEqual(
    matches.map(({ explanation }) => explanation.recency),
    [0.3, 0.15],
  );
});
// endregion testing

/** Remember, recall, and see why each record was recalled. */
import assert from "node:assert/strict";
// region quickstart
import { Memory } from "unimem";

// Leave `storage` out to keep records in ./.unimem/memory.
const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });

await memory.remember("The launch moved to 7 April.", { scope: "/project/launch" });
await memory.remember("The API allows 100 requests a minute.", { scope: "/project/api" });
await memory.remember("Ana likes short meetings.", { scope: "/people/ana", importance: 0.8 });

const matches = await memory.recall("When do we launch?", { limit: 2 });
for (const { record, score, matchReasons } of matches)
  console.log(score.toFixed(3), record.scope, record.content, matchReasons);
console.log(await memory.tree());
await memory.close();
// endregion quickstart

assert.equal(matches[0]?.record.content, "The launch moved to 7 April.");
assert.ok(matches[0].matchReasons.includes("lexical"));

/** Each agent has a context of its own, and all of them read what the company knows. */
import assert from "node:assert/strict";
import { isMemoryError, Memory } from "unimem";

const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });

await memory.rememberMany([
  { content: "Papers must be cited by DOI.", scope: "/company/rules" },
  { content: "The style guide forbids passive voice.", scope: "/company/style" },
]);

// region scope
const researcher = memory.scope("/agent/researcher");
const paper = await researcher.remember("Three papers on memory cite the same DOI.");
console.log(paper.scope); // "/agent/researcher": it has no scope of its own, so it lies at the root

const onDois = researcher.subscope("dois");
await onDois.remember("10.1000/182 is the DOI Handbook.");
console.log((await onDois.recall("Which DOI?")).length); // 1: a scope of a scope lies in both
console.log(await researcher.tree());
// endregion scope

assert.equal(paper.scope, "/agent/researcher");
assert.equal((await onDois.recall("Which DOI?")).length, 1);
assert.equal(await researcher.tree(), "/ (2 records)\n  /dois (1 record)");
assert.deepEqual(await researcher.recall("passive voice", { scope: "/company" }), []);

// region slice
const writer = memory.slice({ scopes: ["/agent/writer", "/company"] });
const found = await writer.recall("How do we cite papers by DOI?", { limit: 5 });
for (const { record } of found) console.log(record.scope, record.content);

const refused = await writer.remember("A draft.", { scope: "/agent/writer" }).catch((e) => e);
console.log(refused.code); // READ_ONLY: a slice only reads unless it is made with readOnly: false
// endregion slice

assert.deepEqual(found.map(({ record }) => record.scope).sort(), [
  "/company/rules",
  "/company/style",
]);
assert.ok(isMemoryError(refused, "READ_ONLY"));

// region write
const desk = memory.slice({ scopes: ["/agent/writer", "/company/drafts"], readOnly: false });
await desk.remember("The draft is due on Friday.", { scope: "/company/drafts" });
const outside = await desk.remember("New rule.", { scope: "/company/rules" }).catch((e) => e);
console.log(outside.message);
// endregion write

assert.equal(await desk.count(), 1);
assert.ok(isMemoryError(outside, "INVALID_INPUT"));

// region by-id
// Whoever holds only a scope gets nothing from outside, whichever way they ask.
const [rule] = await memory.listRecords({ scope: "/company/rules" });
const id = rule?.id ?? "";
console.log(await researcher.get(id)); // undefined
console.log(await researcher.forget({ ids: [id] })); // 0
// endregion by-id

assert.equal(await researcher.get(id), undefined);
assert.equal(await researcher.forget({ ids: [id] }), 0);
assert.ok(await memory.get(id));

await memory.close();

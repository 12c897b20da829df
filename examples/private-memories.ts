/** A private record is found only by reads that name its source; the storage sees to it. */
import assert from "node:assert/strict";
import { isMemoryError, Memory } from "unimem";

const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });

// region private
await memory.remember("The offsite is in Porto.", { scope: "/team", source: "ana" });
const secret = await memory.remember("Ana is looking for another job.", {
  scope: "/team",
  source: "ana",
  private: true,
});

const question = "What about Ana and the offsite?";
const asAnybody = await memory.recall(question);
const asBen = await memory.recall(question, { source: "ben" });
const asAna = await memory.recall(question, { source: "ana" });
const asAuditor = await memory.recall(question, { includePrivate: true });
console.log(asAnybody.length, asBen.length, asAna.length, asAuditor.length); // 1 1 2 2
// endregion private

assert.deepEqual([asAnybody.length, asBen.length, asAna.length, asAuditor.length], [1, 1, 2, 2]);

// region by-id
// For whoever may not see it, it is not there, by any way of asking.
console.log(await memory.get(secret.id, { source: "ben" })); // undefined
console.log(await memory.count("/team", { source: "ben" })); // 1
console.log(await memory.forget({ ids: [secret.id], source: "ben" })); // 0

const refused = await memory
  .update(secret.id, { importance: 1 }, { source: "ben" })
  .catch((e) => e);
console.log(refused.code); // NOT_FOUND, as for an id that was never given out
// endregion by-id

assert.equal(await memory.get(secret.id, { source: "ben" }), undefined);
assert.equal(await memory.count("/team", { source: "ben" }), 1);
assert.ok(isMemoryError(refused, "NOT_FOUND"));
assert.equal((await memory.get(secret.id, { source: "ana" }))?.importance, 0.5);

const nobody = await memory.remember("Whose secret?", { private: true }).catch((error) => error);
console.log(nobody.message);
assert.ok(isMemoryError(nobody, "INVALID_INPUT"));

await memory.close();

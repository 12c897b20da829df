/** Everything that fails, fails with a MemoryError whose code says what to do. */
import assert from "node:assert/strict";
import { isMemoryError, Memory } from "unimem";

const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false, queueLimit: 2 });

// region codes
try {
  await memory.update("no-such-id", { content: "New words." });
} catch (error) {
  if (!isMemoryError(error, "NOT_FOUND")) throw error;
  console.log(error.code, error.details.id); // the details are typed by the code
}
// endregion codes

// region queue-full
const full = await memory.rememberMany(["one", "two", "three"]).catch((error) => error);
if (isMemoryError(full, "QUEUE_FULL")) console.log(`at most ${full.details.limit} may wait`);
// endregion queue-full
assert.ok(isMemoryError(full, "QUEUE_FULL"));
assert.equal(await memory.count(), 0);

// region signal
const signal = AbortSignal.abort();
const aborted = await memory.remember("Never mind.", { signal }).catch((error) => error);
console.log(aborted.code); // ABORTED: nothing was saved
// endregion signal
assert.ok(isMemoryError(aborted, "ABORTED"));
assert.equal(await memory.count(), 0);

await memory.close();
const closed = await memory.recall("Anyone?").catch((error) => error);
console.log(closed.code, closed.message);
assert.ok(isMemoryError(closed, "CLOSED"));

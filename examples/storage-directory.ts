/** What is remembered in a directory is there the next time, for the embedder that wrote it. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Embedder, isMemoryError, Memory } from "unimem";

const directory = await mkdtemp(join(tmpdir(), "unimem-"));
try {
  // region reopen
  const first = new Memory({ storage: directory, embedder: "lexical", llm: false });
  await first.remember("The spare key hangs behind the clock.", { scope: "/house" });
  await first.close();

  const memory = new Memory({ storage: directory, embedder: "lexical", llm: false });
  const [match] = await memory.recall("Where is the key?");
  console.log(match?.record.content);
  // endregion reopen
  assert.equal(match?.record.content, "The spare key hangs behind the clock.");

  // region two-handles
  // A second memory on the same directory, here or in another process, sees each write at once.
  const other = new Memory({ storage: directory, embedder: "lexical", llm: false });
  await other.remember("The clock is in the hall.");
  console.log(await memory.count()); // 2
  // endregion two-handles
  assert.equal(await memory.count(), 2);
  await Promise.all([memory.close(), other.close()]);

  const twoNumbers: Embedder = {
    id: "two-numbers/2",
    dimensions: 2,
    embed: async (texts) => ({ vectors: texts.map((text) => [1, text.length]) }),
  };
  // region mismatch
  const another = new Memory({ storage: directory, embedder: twoNumbers, llm: false });
  const refused = await another.recall("Where is the key?").catch((error) => error);
  console.log(refused.code, refused.message);
  // endregion mismatch
  assert.ok(isMemoryError(refused, "DIMENSION_MISMATCH"));
  await another.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}

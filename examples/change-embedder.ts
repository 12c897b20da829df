/** Another embedder on an existing store: what is refused, and how to take the store over to it. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMemoryError, lexicalEmbedder, Memory } from "unimem";

const directory = await mkdtemp(join(tmpdir(), "unimem-"));
try {
  const first = new Memory({ storage: directory, embedder: "lexical", llm: false });
  await first.rememberMany(
    Array.from({ length: 250 }, (_, i) => `Shelf ${i} holds the letters of the year ${1750 + i}.`),
  );
  await first.close();

  // region refused
  const embedder = lexicalEmbedder({ dimensions: 1024 }); // the store was written with 512
  const memory = new Memory({ storage: directory, embedder, llm: false });
  const refused = await memory.recall("the letters of 1821").catch((error) => error);
  console.log(refused.message);
  // endregion refused
  assert.ok(isMemoryError(refused, "DIMENSION_MISMATCH"));

  // region reembed
  await memory.reembed({
    onProgress: ({ done, total }) => console.log(`${done} of ${total} records`),
  });
  const [match] = await memory.recall("the letters of 1821");
  console.log(match?.record.content);
  // endregion reembed
  assert.equal(match?.record.content, "Shelf 71 holds the letters of the year 1821.");
  assert.equal(await memory.count(), 250);
  await memory.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** The parts put together by hand: core and the LanceDB storage, without the defaults of `unimem`. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// region by-hand
import { lexicalEmbedder, Memory } from "@unimem/core";
import { lanceStorage } from "@unimem/lancedb";

const directory = mkdtempSync(join(tmpdir(), "unimem-example-"));
const memory = new Memory({
  storage: lanceStorage({ uri: directory }),
  embedder: lexicalEmbedder(),
});
await memory.remember("The spare key hangs behind the clock.");
const [match] = await memory.recall("Where is the key?");
// endregion by-hand

console.log(match?.record.content, match?.score);
assert.equal(match?.record.content, "The spare key hangs behind the clock.");
await memory.close();
rmSync(directory, { recursive: true, force: true });

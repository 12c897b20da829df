/** Two processes share one memory on a Valkey server: one remembers, the other recalls. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { valkeyCache, valkeyStorage } from "@unimem/valkey";
import { type Embedder, lexicalEmbedder, Memory } from "unimem";
import { findServer } from "./valkey/find-server.ts";

const server = await findServer();
if (server === undefined) {
  console.log(`There is no Valkey server to show this on. Start one, and say where it is:

  docker run --rm -p 127.0.0.1:6379:6379 valkey/valkey-bundle:9
  VALKEY_URL=valkey://127.0.0.1:6379 node examples/valkey.ts`);
  process.exit(0);
}

try {
  // One server holds many stores, each under a prefix of its own.
  const url = new URL(server.url);
  url.searchParams.set("prefix", `example-${randomUUID()}`);
  const storage = url.href;
  const other = fileURLToPath(new URL("valkey/remember.ts", import.meta.url));
  execFileSync(process.execPath, ["--no-warnings", other, storage], { stdio: "inherit" });

  // region recall
  // What another process, or another machine, has remembered on the same server:
  const memory = new Memory({ storage, embedder: "lexical", llm: false });
  const [match] = await memory.recall("How many approvals does Lisbon need?");
  console.log(match?.record.content);
  console.log(await memory.tree());
  // endregion recall
  assert.equal(match?.record.content, "The deployment to Lisbon needs two approvals.");
  assert.equal(await memory.count("/team"), 2);

  // region options
  // The same with options that a URL cannot say.
  const patient = new Memory({
    storage: valkeyStorage({ url: storage, requestTimeoutMs: 20_000, searchConnections: 4 }),
    embedder: "lexical",
    llm: false,
  });
  // endregion options
  assert.equal(await patient.count("/team"), 2);
  await patient.close();

  let embedded = 0;
  const lexical = lexicalEmbedder();
  const yourEmbedder: Embedder = {
    ...lexical,
    async embed(texts) {
      embedded += texts.length;
      return lexical.embed(texts);
    },
  };
  // region cache
  // Embeddings that one process has paid for serve all of them. A cache that does not answer in time is passed over.
  const embeddingCache = valkeyCache({
    url: storage,
    connectTimeoutMs: 2_000,
    requestTimeoutMs: 2_000,
  });
  const cached = { storage, embedder: yourEmbedder, llm: false, embeddingCache } as const;
  const first = new Memory(cached);
  const second = new Memory(cached);
  await first.recall("Who reads the release notes?");
  await second.recall("Who reads the release notes?"); // embeds nothing
  // endregion cache
  assert.equal(embedded, 1);

  await memory.resetAll();
  await Promise.all([memory.close(), first.close(), second.close()]);
  await embeddingCache.close();
} finally {
  await server.stop();
}

import { type ConformanceOptions, conformanceCases } from "@unimem/conformance";
import { testStorage } from "@unimem/conformance/vitest";
import type { Runtime } from "@unimem/core/storage";
import { afterAll, beforeAll } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import type { Relay } from "./testing/relay.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { connectValkey, type ValkeyConnection } from "./testing/valkey-connection.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";
import { valkeyStorage } from "./valkey-storage.ts";

describeWithOwnServers("the storage contract", () => {
  let server: ValkeyServer;
  let withSearch: Relay;
  let connection: ValkeyConnection;
  let stores = 0;

  // With an append-only file, so that the cases on durability apply.
  beforeAll(async () => {
    server = await startValkeyServer({ appendonly: "everysec" });
    connection = await connectValkey(server.url);
    withSearch = await startSearchStandIn({ target: server.url });
  });
  afterAll(async () => {
    connection.close();
    await withSearch.stop();
    await server.stop();
  });

  function testOn(
    name: string,
    options: () => ValkeyStorageOptions,
    conformance: ConformanceOptions = {},
  ): void {
    const create = async () => {
      const prefix = `store-${stores++}`;
      const given = { searchConnections: 1, ...options(), prefix };
      return {
        handle: ({ runtime }: { runtime: Runtime }) => valkeyStorage({ ...given, runtime }),
        // The stand-in looks at all keys of the server for every search.
        dispose: () => connection.send("FLUSHALL").then(() => {}),
      };
    };
    testStorage({ name, create }, conformance);
  }

  testOn("valkey without the Search module", () => ({ url: server.url }));
  testOn("valkey with the Search module", () => ({ url: withSearch.url, search: "module" }));
  // What is written and searched in another way; reads by filter are the same.
  const topics = [
    "Nearest",
    "Revisions",
    "Removals",
    "Opening",
    "Concurrency",
    "Shared access",
    "Re-embedding",
  ];
  testOn(
    "valkey with an HNSW index",
    () => ({ url: withSearch.url, search: "module", index: "hnsw" }),
    { cases: conformanceCases.filter(({ topic }) => topics.includes(topic)), model: { runs: 15 } },
  );
});

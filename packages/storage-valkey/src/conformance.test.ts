import { testStorage } from "@unimem/conformance/vitest";
import { afterAll, beforeAll } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import type { Relay } from "./testing/relay.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";
import { valkeyStorage } from "./valkey-storage.ts";

describeWithOwnServers("the storage contract", () => {
  let server: ValkeyServer;
  let withSearch: Relay;
  let stores = 0;

  // With an append-only file, so that the cases on durability apply.
  beforeAll(async () => {
    server = await startValkeyServer({ appendonly: "everysec" });
    withSearch = await startSearchStandIn({ target: server.url });
  });
  afterAll(async () => {
    await withSearch.stop();
    await server.stop();
  });

  function testOn(name: string, options: () => ValkeyStorageOptions): void {
    testStorage({
      name,
      async create() {
        const prefix = `store-${stores++}`;
        const given = { searchConnections: 1, ...options(), prefix };
        return { handle: ({ runtime }) => valkeyStorage({ ...given, runtime }) };
      },
    });
  }

  testOn("valkey without the Search module", () => ({ url: server.url }));
  testOn("valkey with the Search module", () => ({ url: withSearch.url, search: "module" }));
});

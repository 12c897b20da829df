import { testStorage } from "@unimem/conformance/vitest";
import { afterAll, beforeAll } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

describeWithOwnServers("a server without the Search module", () => {
  let server: ValkeyServer;
  let stores = 0;
  beforeAll(async () => {
    // So that the cases on durability apply.
    server = await startValkeyServer({ appendonly: "everysec" });
  });
  afterAll(() => server.stop());

  testStorage({
    name: "valkey, searching in the client",
    async create() {
      const prefix = `store-${stores++}`;
      return {
        handle: ({ runtime }) =>
          valkeyStorage({ url: server.url, prefix, runtime, searchConnections: 1 }),
      };
    },
  });
});

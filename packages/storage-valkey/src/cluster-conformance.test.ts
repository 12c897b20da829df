import { testStorage } from "@unimem/conformance/vitest";
import { afterAll, beforeAll } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";
import { valkeyStorage } from "./valkey-storage.ts";

describeWithOwnServers("the storage contract", () => {
  let cluster: ValkeyCluster;
  let stores = 0;
  beforeAll(async () => {
    cluster = await startValkeyCluster();
  });
  afterAll(() => cluster.stop());

  testStorage({
    name: "valkey in a cluster",
    async create() {
      const prefix = `store-${stores++}`;
      const given = { url: cluster.url, cluster: true, searchConnections: 1, prefix };
      return { handle: ({ runtime }) => valkeyStorage({ ...given, runtime }) };
    },
  });
});

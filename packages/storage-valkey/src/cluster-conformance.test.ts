import { type ConformanceOptions, conformanceCases } from "@unimem/conformance";
import { testStorage } from "@unimem/conformance/vitest";
import { afterAll, beforeAll } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";
import { valkeyStorage } from "./valkey-storage.ts";

// A filter comes to the same commands in a cluster; the questions that combine conditions stand for the others.
const isQuick = process.env.UNIMEM_TESTS !== "full";
const isLeftOut = (topic: string) => topic.startsWith("Filters: ") && topic !== "Filters: combined";
const quick: ConformanceOptions = {
  cases: conformanceCases.filter(({ topic }) => !isLeftOut(topic)),
  model: { runs: 15 },
};

describeWithOwnServers("the storage contract", () => {
  let cluster: ValkeyCluster;
  let stores = 0;
  beforeAll(async () => {
    cluster = await startValkeyCluster();
  });
  afterAll(() => cluster.stop());

  testStorage(
    {
      name: "valkey in a cluster",
      async create() {
        const prefix = `store-${stores++}`;
        const given = { url: cluster.url, cluster: true, searchConnections: 1, prefix };
        return { handle: ({ runtime }) => valkeyStorage({ ...given, runtime }) };
      },
    },
    isQuick ? quick : {},
  );
});

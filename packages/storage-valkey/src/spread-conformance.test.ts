import { type ConformanceOptions, conformanceCases } from "@unimem/conformance";
import { testStorage } from "@unimem/conformance/vitest";
import type { Runtime } from "@unimem/core/storage";
import { afterAll, beforeAll } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import {
  type SearchingCluster,
  startSearchingCluster,
} from "./testing/search-stand-in/start-searching-cluster.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";
import { connectValkey, type ValkeyConnection } from "./testing/valkey-connection.ts";
import { valkeyStorage } from "./valkey-storage.ts";

const isFull = process.env.UNIMEM_TESTS === "full";

describeWithOwnServers("the storage contract", () => {
  let cluster: ValkeyCluster;
  let searching: SearchingCluster;
  const connections: ValkeyConnection[] = [];
  let stores = 0;
  beforeAll(async () => {
    cluster = await startValkeyCluster();
    searching = await startSearchingCluster(cluster);
    for (const { url } of cluster.nodes) connections.push(await connectValkey(url));
  });
  afterAll(async () => {
    for (const { close } of connections) close();
    await searching.stop();
    await cluster.stop();
  });

  /** The stand-in looks at all keys of the cluster for every search. */
  async function dispose(): Promise<void> {
    for (const { send } of connections) await send("FLUSHALL");
  }

  function testOn(name: string, index: "flat" | "hnsw", conformance: ConformanceOptions): void {
    const create = async () => {
      const prefix = `store-${stores++}`;
      const given = { url: searching.url, cluster: true, layout: "spread", index } as const;
      return {
        handle: ({ runtime }: { runtime: Runtime }) =>
          valkeyStorage({ ...given, searchConnections: 0, prefix, runtime }),
        dispose,
      };
    };
    testStorage({ name, create }, conformance);
  }

  // A filter comes to the same commands in every layout; the questions that combine conditions stand for the others.
  const isLeftOut = (topic: string) =>
    topic.startsWith("Filters: ") && topic !== "Filters: combined";
  const quick: ConformanceOptions = {
    cases: conformanceCases.filter(({ topic }) => !isLeftOut(topic)),
    model: { runs: 15 },
  };
  testOn("valkey, spread over the shards of a cluster", "flat", isFull ? {} : quick);
  // What is written in another way.
  testOn("valkey, spread over the shards of a cluster, with an HNSW index", "hnsw", {
    cases: conformanceCases.filter(({ topic }) => ["Revisions", "Removals"].includes(topic)),
    model: { runs: isFull ? 40 : 5 },
  });
});

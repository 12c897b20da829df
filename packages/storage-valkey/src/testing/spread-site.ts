import { valkeyStorage } from "../valkey-storage.ts";
import { sampleSpace } from "./sample-record.ts";
import type { SearchingCluster } from "./search-stand-in/start-searching-cluster.ts";
import { type RawState, rawState, type Site } from "./stored-state.ts";
import type { ValkeyCluster } from "./valkey-cluster.ts";

/** Where stores of layout "spread" lie: their records on every node, what is beside them on one. */
export function spreadSite(cluster: ValkeyCluster, { url }: SearchingCluster): Site {
  return {
    async open(prefix) {
      const given = { url, cluster: true, layout: "spread", prefix } as const;
      const storage = valkeyStorage({ ...given, searchConnections: 0 });
      await storage.open(sampleSpace);
      return storage;
    },
    raw: (prefix) => spreadState(cluster, prefix),
  };
}

/** All keys of a store, but for what is left of removed records. */
export async function spreadState(cluster: ValkeyCluster, prefix: string): Promise<RawState> {
  const states = await Promise.all(
    cluster.nodes.flatMap(({ url }) => [rawState(url, `{${prefix}}`), rawState(url, prefix)]),
  );
  // Beside the records the prefix stands in braces, and in the name of the index without.
  const keys = states.flatMap((state) =>
    Object.entries(JSON.parse(JSON.stringify(state).replaceAll(prefix, "")) as RawState),
  );
  return Object.fromEntries(
    keys
      .filter(([key, content]) => !(key.startsWith(":r:") && "gone" in (content as object)))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

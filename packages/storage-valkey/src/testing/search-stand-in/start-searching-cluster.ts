import type { Relay } from "../relay.ts";
import { itemsOf } from "../resp.ts";
import { until } from "../until.ts";
import type { ValkeyCluster } from "../valkey-cluster.ts";
import { connectValkey, type ValkeyConnection } from "../valkey-connection.ts";
import { type CoordinatedModule, translateOnNode } from "./coordinator.ts";
import { startModuleRelay } from "./start-search-stand-in.ts";

export interface SearchingCluster {
  /** To the first node; the others are found through it. */
  readonly url: string;
  /**
   * How the module runs: at first "coordinated". "alone", without its coordinator, each node keeps the indexes that
   * there are, over its own records, and new ones are known to one node alone. "none": there is no module.
   */
  run(module: "coordinated" | "alone" | "none"): void;
  stop(): Promise<void>;
}

export interface SearchingClusterOptions {
  /** Starts what stands before each stand-in, to which clients come then. */
  readonly before?: (target: string) => Promise<Relay>;
}

/**
 * Puts a stand-in for the Search module before each node of a cluster, and has the nodes tell clients to come to
 * those: what they say of the cluster, and where they send clients on, is their own.
 */
export async function startSearchingCluster(
  cluster: ValkeyCluster,
  { before }: SearchingClusterOptions = {},
): Promise<SearchingCluster> {
  const nodes = await Promise.all(cluster.nodes.map(({ url }) => connectValkey(url)));
  const shared: CoordinatedModule = { hasCoordinator: true, indexes: new Map(), nodes };
  let modules: (CoordinatedModule | undefined)[] = nodes.map(() => shared);
  const relays: Relay[] = [];
  const doors: Relay[] = [];
  for (const [i, { url }] of cluster.nodes.entries()) {
    const relay = await startModuleRelay(url, (...asked) => {
      const module = modules[i];
      return module && translateOnNode(module, ...asked);
    });
    relays.push(relay);
    doors.push(before === undefined ? relay : await before(relay.url));
  }
  await announce(
    nodes,
    doors.map(({ url }) => new URL(url).port),
  );
  return {
    url: doors[0]?.url ?? "",
    run(module) {
      const alone = (node: ValkeyConnection): CoordinatedModule => ({
        hasCoordinator: false,
        indexes: new Map(shared.indexes),
        nodes: [node],
      });
      const modes = { coordinated: () => shared, alone, none: () => undefined };
      modules = nodes.map(modes[module]);
    },
    async stop() {
      for (const node of nodes) node.close();
      for (const relay of new Set([...doors, ...relays])) await relay.stop();
    },
  };
}

/** Has every node tell clients, from now on, that the nodes are at these ports. */
async function announce(
  nodes: CoordinatedModule["nodes"],
  ports: readonly string[],
): Promise<void> {
  for (const [i, { send }] of nodes.entries())
    await send("CONFIG", "SET", "cluster-announce-port", ports[i] ?? "");
  for (const { send } of nodes)
    await until("every node knows where the others are", async () => {
      const slots = itemsOf(await send("CLUSTER", "SLOTS"));
      const known = slots.map((range) => {
        const port = itemsOf(itemsOf(range)[2])[1];
        return port !== undefined && "text" in port ? port.text : "";
      });
      return ports.every((port) => known.includes(port));
    });
}

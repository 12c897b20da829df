import { bytesOf, itemsOf, textOf } from "./resp.ts";
import { until } from "./until.ts";
import { connectValkey, type ValkeyConnection } from "./valkey-connection.ts";
import { startValkeyServer, type ValkeyServer } from "./valkey-server.ts";

const slotCount = 16_384;

/** Three primaries without replicas, each with a third of the slots. */
export interface ValkeyCluster {
  /** Of the first node; the others are found through it. */
  readonly url: string;
  readonly nodes: readonly ValkeyServer[];
  slotOf(key: string): Promise<number>;
  ownerOf(slot: number): ValkeyServer;
  /** Moves a slot to the next node with all that is in it, while clients go on using it. */
  moveSlot(slot: number): Promise<void>;
  stop(): Promise<void>;
}

interface Node extends ValkeyConnection {
  readonly id: string;
  readonly server: ValkeyServer;
}

/** Starts an own cluster on the loopback; `ensureValkeyServer` says whether that can be done here. */
export async function startValkeyCluster(): Promise<ValkeyCluster> {
  const nodes = await Promise.all([1, 2, 3].map(startNode));
  await joinNodes(nodes);
  const owners = new Map<number, number>();
  const ownerOf = (slot: number) =>
    owners.get(slot) ?? Math.floor((slot * nodes.length) / slotCount);
  return {
    url: (nodes[0] as Node).server.url,
    nodes: nodes.map(({ server }) => server),
    slotOf: async (key) => Number(textOf(await nodes[0]?.send("CLUSTER", "KEYSLOT", key))),
    ownerOf: (slot) => (nodes[ownerOf(slot)] as Node).server,
    async moveSlot(slot) {
      const from = ownerOf(slot);
      const to = (from + 1) % nodes.length;
      await moveSlot(slot, nodes[from] as Node, nodes[to] as Node, nodes);
      owners.set(slot, to);
    },
    async stop() {
      for (const node of nodes) node.close();
      await Promise.all(nodes.map(({ server }) => server.stop()));
    },
  };
}

async function startNode(): Promise<Node> {
  const server = await startValkeyServer({
    secondPort: "--cluster-port",
    args: ["--cluster-enabled", "yes", "--cluster-node-timeout", "60000"],
  });
  const connection = await connectValkey(server.url);
  return { ...connection, id: textOf(await connection.send("CLUSTER", "MYID")), server };
}

async function joinNodes(nodes: readonly Node[]): Promise<void> {
  for (const [i, { send, server }] of nodes.entries()) {
    const first = Math.ceil((i * slotCount) / nodes.length);
    const last = Math.ceil(((i + 1) * slotCount) / nodes.length) - 1;
    await send("CLUSTER", "SET-CONFIG-EPOCH", String(i + 1));
    await send("CLUSTER", "ADDSLOTSRANGE", String(first), String(last));
    const { port, secondPort } = server;
    await nodes[0]?.send("CLUSTER", "MEET", "127.0.0.1", String(port), String(secondPort));
  }
  const expected = ["cluster_state:ok", "cluster_slots_ok:16384", `cluster_size:${nodes.length}`];
  for (const { send } of nodes)
    await until("the cluster is whole", async () => {
      const info = textOf(await send("CLUSTER", "INFO")).split("\r\n");
      return expected.every((line) => info.includes(line));
    });
}

async function moveSlot(slot: number, from: Node, to: Node, nodes: readonly Node[]): Promise<void> {
  const setSlot = (node: Node, ...state: string[]) =>
    node.send("CLUSTER", "SETSLOT", String(slot), ...state);
  await setSlot(to, "IMPORTING", from.id);
  await setSlot(from, "MIGRATING", to.id);
  for (;;) {
    const keys = itemsOf(await from.send("CLUSTER", "GETKEYSINSLOT", String(slot), "20"));
    if (keys.length === 0) break;
    const target = ["127.0.0.1", String(to.server.port), "", "0", "10000"];
    await from.send("MIGRATE", ...target, "KEYS", ...keys.map(bytesOf));
  }
  // The new owner first: between the two nobody may think that the slot is nobody's.
  for (const node of [to, from, ...nodes.filter((each) => each !== to && each !== from)])
    await setSlot(node, "NODE", to.id);
}

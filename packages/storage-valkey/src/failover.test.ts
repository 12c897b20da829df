import { expect, onTestFinished, test } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { textOf } from "./testing/resp.ts";
import { sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { until } from "./testing/until.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

async function startNode() {
  const server = await startValkeyServer({ appendonly: false });
  onTestFinished(() => server.stop());
  const { send, close } = await connectValkey(server.url);
  onTestFinished(close);
  return { port: server.port, send };
}

type Node = Awaited<ReturnType<typeof startNode>>;

async function follow(replica: Node, primary: Node): Promise<void> {
  await replica.send("REPLICAOF", "127.0.0.1", String(primary.port));
  await until("the replica is up to date", async () =>
    textOf(await replica.send("INFO", "replication")).includes("master_link_status:up"),
  );
}

describeWithOwnServers("a server and its replica that change places", () => {
  test("are followed by who was given the addresses of both", async () => {
    const first = await startNode();
    const second = await startNode();
    await follow(second, first);
    const addresses = [first, second].map(({ port }) => ({ host: "127.0.0.1", port }));
    const store = valkeyStorage({ addresses });
    onTestFinished(() => store.close());
    await store.open(sampleSpace);
    await store.write({ put: [sampleRecord("a")], remove: [] });
    await until("the replica has the record", async () =>
      textOf(await second.send("EXISTS", "unimem:r:a")).includes("1"),
    );
    await second.send("REPLICAOF", "NO", "ONE");
    await follow(first, second);
    const writes = ["b", "c", "d"].map((id) =>
      store.write({ put: [sampleRecord(id)], remove: [] }),
    );
    await Promise.all(writes);
    const found = await store.get(["a", "b", "c", "d"]);
    expect(found.map((record) => record?.id)).toEqual(["a", "b", "c", "d"]);
  });
});

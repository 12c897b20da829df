import { GlideClusterClient, Logger } from "@valkey/valkey-glide";
import { expect, onTestFinished, test } from "vitest";
import { patient } from "./patient.ts";
import { describeWithOwnServers } from "./provided-server.ts";
import { textOf } from "./resp.ts";
import { startValkeyCluster } from "./valkey-cluster.ts";
import { connectValkey } from "./valkey-connection.ts";

describeWithOwnServers("an own cluster", () => {
  test("moves slots to and fro under writes, and none is lost", async () => {
    Logger.setLoggerConfig("off");
    const cluster = await startValkeyCluster();
    onTestFinished(() => cluster.stop());
    const client = await GlideClusterClient.createClient({
      addresses: [{ host: "127.0.0.1", port: cluster.nodes[0]?.port as number }],
      requestTimeout: patient.requestTimeoutMs,
    });
    onTestFinished(() => client.close());

    let isMoving = true;
    let written = 0;
    const writing = (async () => {
      while (isMoving || written < 200) {
        await client.set(`{moved}:${written}`, String(written));
        await client.incr("{moved}:count");
        written++;
      }
    })();
    const slot = await cluster.slotOf("{moved}:");
    const owners: string[] = [];
    for (let move = 0; move < 3; move++) {
      await cluster.moveSlot(slot);
      owners.push(await ownerOf(cluster.url, slot));
    }
    isMoving = false;
    await writing;

    expect(new Set(owners).size).toBe(3);
    expect(await client.get("{moved}:count")).toBe(String(written));
    const keys = Array.from({ length: written }, (_, i) => `{moved}:${i}`);
    expect(await client.mget(keys)).toEqual(keys.map((_, i) => String(i)));
  });
});

/** The port of the node that the slot belongs to, as the others see it. */
async function ownerOf(url: string, slot: number): Promise<string> {
  const { send, close } = await connectValkey(url);
  const lines = textOf(await send("CLUSTER", "NODES")).split("\n");
  close();
  const owner = lines.find((line) =>
    line
      .split(" ")
      .slice(8)
      .some((range) => {
        const [first, last = first] = range.split("-").map(Number);
        return slot >= Number(first) && slot <= Number(last);
      }),
  );
  return /:(\d+)@/.exec(owner ?? "")?.[1] ?? "nobody";
}

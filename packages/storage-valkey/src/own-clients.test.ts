import { type BaseClientConfiguration, Decoder, GlideClient } from "@valkey/valkey-glide";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers, describeWithServer } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

describeWithServer("clients of the program's own", (url) => {
  async function ownClient(): Promise<GlideClient> {
    const { hostname, port } = new URL(url);
    const addresses = [{ host: hostname, port: Number(port) }];
    const { requestTimeoutMs: requestTimeout } = patient;
    const client = await GlideClient.createClient({ addresses, requestTimeout });
    onTestFinished(() => client.close());
    return client;
  }

  test("one client that was given is used for searches, too", async () => {
    const commands = await ownClient();
    const store = await openStore({ prefix: samplePrefix(), clients: { commands, search: [] } });
    await store.write({ put: [sampleRecord("a")], remove: [] });
    const { vector } = sampleRecord("a");
    expect(await store.nearest({ vector, filter: everything, limit: 1 })).toHaveLength(1);
  });

  test("clients that were given are used and left open", async () => {
    const [commands, searching] = [await ownClient(), await ownClient()];
    const storage = valkeyStorage({
      prefix: samplePrefix(),
      addresses: [{ host: "nobody.invalid" }],
      clients: { commands, search: [searching] },
    });
    await storage.open(sampleSpace);
    await storage.write({ put: [sampleRecord("a")], remove: [] });
    const { vector } = sampleRecord("a");
    expect(await storage.nearest({ vector, filter: everything, limit: 1 })).toHaveLength(1);
    await storage.close();
    expect(await commands.ping()).toBe("PONG");
    expect(await searching.ping()).toBe("PONG");
  });
});

describeWithOwnServers("a client of the program's own", () => {
  test("may answer with bytes", async () => {
    const server = await startValkeyServer({ appendonly: "everysec" });
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const configuration: BaseClientConfiguration = {
      addresses: [{ host: "127.0.0.1", port: Number(new URL(standIn.url).port) }],
      defaultDecoder: Decoder.Bytes,
      requestTimeout: 5_000,
    };
    const commands = await GlideClient.createClient(configuration);
    onTestFinished(() => commands.close());
    const store = valkeyStorage({ clients: { commands } });
    onTestFinished(() => store.close());
    await store.open(sampleSpace);
    const record = sampleRecord("a");
    await store.write({ put: [record], remove: [] });
    expect(await store.get(["a"])).toEqual([record]);
    const query = { vector: record.vector, filter: everything, limit: 1 };
    expect((await store.nearest(query)).map(({ record: { id } }) => id)).toEqual(["a"]);
    expect(store.supports.durability).toBe("process");
    const work = await store.reembed?.({ dimensions: 2, embedder: "another" });
    await work?.write([{ id: "a", revision: 1, vector: new Float32Array([1, 0]) }]);
    expect(await work?.finish()).toBe(true);
  });
});

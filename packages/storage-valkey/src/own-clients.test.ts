import { type BaseClientConfiguration, Decoder, GlideClient } from "@valkey/valkey-glide";
import { expect, onTestFinished, test } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

describeWithOwnServers("clients of the program's own", () => {
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

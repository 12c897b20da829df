import { type StorageBackend, unitVector } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { describeWithServer } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { valkeyStorage } from "./valkey-storage.ts";

const two = { dimensions: 2, embedder: "another" };

describeWithServer("a store whose meta is gone", (url) => {
  async function reopened(change?: (store: StorageBackend) => Promise<void>) {
    const options = { url, prefix: samplePrefix(), searchConnections: 0 };
    const first = valkeyStorage(options);
    await first.open(sampleSpace);
    await first.write({ put: [sampleRecord("a"), sampleRecord("b")], remove: [] });
    await change?.(first);
    await first.close();
    const { send, close } = await connectValkey(url);
    onTestFinished(close);
    await send("DEL", `${options.prefix}:meta`);
    const store = valkeyStorage(options);
    onTestFinished(() => store.close());
    return store;
  }

  test("is opened where its vectors are those of its first space, and expected", async () => {
    const store = await reopened();
    await store.open(sampleSpace);
    await store.write({ put: [sampleRecord("c")], remove: [] });
    const query = { vector: sampleRecord("a").vector, filter: everything, limit: 9 };
    expect(await store.nearest(query)).toHaveLength(3);
  });

  test("is refused where they are of another width", async () => {
    const store = await reopened();
    await expect(store.open(two)).rejects.toMatchObject({ code: "STORAGE_CORRUPT" });
  });

  test("is refused where they are in the fields of a later space", async () => {
    const store = await reopened(async (first) => {
      const work = await first.reembed?.(two);
      const vector = unitVector([1, 1]);
      await work?.write(["a", "b"].map((id) => ({ id, revision: 1, vector })));
      expect(await work?.finish()).toBe(true);
    });
    await expect(store.open(two)).rejects.toMatchObject({ code: "STORAGE_CORRUPT" });
  });
});

import { isMemoryError } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { isFailure, itemsOf, list, type RespValue, status, textOf } from "./testing/resp.ts";
import { everything, sampleRecord } from "./testing/sample-record.ts";
import { translate } from "./testing/search-stand-in/search-commands.ts";
import { startModuleRelay } from "./testing/search-stand-in/start-search-stand-in.ts";
import { searchingServer } from "./testing/searching-server.ts";
import { until } from "./testing/until.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";

/** What the module says of an index while it is on its way through the records. */
function asFilling(told: RespValue): RespValue {
  if (isFailure(told)) return told;
  const items = itemsOf(told);
  const at = items.findIndex((item) => "text" in item && item.text === "state") + 1;
  return list(items.with(at, status("backfill_in_progress")));
}

describeWithOwnServers("a storage with the Search module", () => {
  test("finds everything again after FLUSHDB took the index", async () => {
    const { url, send } = await searchingServer();
    const storage = await openStore({ url, search: "module" });
    const record = sampleRecord("a");
    for (let round = 0; round < 2; round++) {
      await storage.write({ put: [record], remove: [] });
      const [found] = await storage.nearest({
        vector: record.vector,
        filter: everything,
        limit: 1,
      });
      expect(found?.record.id).toBe("a");
      await send("FLUSHDB");
    }
    expect(await storage.nearest({ vector: record.vector, filter: everything, limit: 1 })).toEqual(
      [],
    );
  });

  test("waits until the index covers every record", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    let isFilling = true;
    let looks = 0;
    const relay = await startModuleRelay(server.url, (args, database) => {
      const translation = translate(args, database);
      if (translation === undefined || args[0]?.toUpperCase() !== "FT.INFO") return translation;
      looks++;
      return {
        ...translation,
        async answer(value) {
          const told = await translation.answer(value);
          return isFilling ? asFilling(told) : told;
        },
      };
    });
    onTestFinished(() => relay.stop());
    const record = sampleRecord("a");
    const store = await openStore({ url: relay.url });
    let isWritten = false;
    const writing = store.write({ put: [record], remove: [] }).then(() => {
      isWritten = true;
    });
    await until("it has looked some times", () => looks >= 4);
    expect(isWritten).toBe(false);
    isFilling = false;
    await writing;
    expect(
      await store.nearest({ vector: record.vector, filter: everything, limit: 1 }),
    ).toHaveLength(1);
  });

  test("makes the index again that FLUSHDB takes before it is ready", async () => {
    const { url, send } = await searchingServer();
    const proxy = await startFaultProxy({ target: url });
    onTestFinished(() => proxy.stop());
    const record = sampleRecord("a");
    const first = await openStore({ url: proxy.url, prefix: "first" });
    proxy.arm("hold", Number.POSITIVE_INFINITY);
    await first.write({ put: [record], remove: [] });
    const creation = proxy.commands.indexOf("FT.CREATE") + 1;
    const store = await openStore({ url: proxy.url, prefix: "second" });
    proxy.arm("hold", creation);
    const writing = store.write({ put: [record], remove: [] });
    const indexes = async () => itemsOf(await send("FT._LIST")).map(textOf);
    await until("the index is there", async () => (await indexes()).includes("second:i:v1:flat:4"));
    await send("FLUSHDB");
    proxy.heal();
    await writing;
    expect(await indexes()).toEqual(["second:i:v1:flat:4"]);
  });

  test("a vector of another width takes no index from the store", async () => {
    const { url, send } = await searchingServer();
    const storage = await openStore({ url });
    const record = sampleRecord("a");
    await storage.write({ put: [record], remove: [] });
    const vector = Float32Array.of(0.6, 0.8);
    await expect(storage.nearest({ vector, filter: everything, limit: 1 })).rejects.toMatchObject({
      code: "DIMENSION_MISMATCH",
    });
    expect(itemsOf(await send("FT._LIST")).map(textOf)).toEqual(["unimem:i:v1:flat:4"]);
    expect(
      await storage.nearest({ vector: record.vector, filter: everything, limit: 1 }),
    ).toHaveLength(1);
  });

  test("an emptied store that takes another width has one index, the new one", async () => {
    const { url, send } = await searchingServer();
    const storage = await openStore({ url });
    await storage.write({ put: [sampleRecord("a")], remove: [] });
    await storage.remove(everything);
    await storage.open({ dimensions: 2, embedder: "small" });
    const vector = Float32Array.of(0.6, 0.8);
    await storage.write({ put: [{ ...sampleRecord("b"), vector }], remove: [] });
    expect(itemsOf(await send("FT._LIST")).map(textOf)).toEqual(["unimem:i:v1:flat:2"]);
    expect(await storage.nearest({ vector, filter: everything, limit: 1 })).toHaveLength(1);
  });

  test("refuses an index of another width under its name", async () => {
    const { url, send } = await searchingServer();
    const index = ["unimem:i:v1:flat:4", "ON", "HASH", "PREFIX", "1", "unimem:r:", "SCHEMA"];
    const vector = ["vec", "VECTOR", "FLAT", "6", "TYPE", "FLOAT32", "DIM", "8"];
    await send("FT.CREATE", ...index, ...vector, "DISTANCE_METRIC", "COSINE");
    const storage = await openStore({ url });
    const writing = storage.write({ put: [sampleRecord("a")], remove: [] });
    await expect(writing).rejects.toSatisfy((error) => isMemoryError(error, "STORAGE_CORRUPT"));
  });

  test("refuses one of its name that covers other keys", async () => {
    const { url, send } = await searchingServer();
    const index = ["unimem:i:v1:flat:4", "ON", "HASH", "PREFIX", "1", "other:", "SCHEMA"];
    const vector = ["vec", "VECTOR", "FLAT", "6", "TYPE", "FLOAT32", "DIM", "4"];
    await send("FT.CREATE", ...index, ...vector, "DISTANCE_METRIC", "COSINE");
    const store = await openStore({ url });
    const writing = store.write({ put: [sampleRecord("a")], remove: [] });
    await expect(writing).rejects.toMatchObject({ code: "STORAGE_CORRUPT" });
  });
});

import { parseScope } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { describeWithOwnServers, describeWithServer } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { expectWhole, rawState, serverSite } from "./testing/stored-state.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { writeDuringRepairs } from "./testing/write-during-repairs.ts";
import { valkeyStorage } from "./valkey-storage.ts";

const records = [
  sampleRecord("a", { scope: "/team/alice" }),
  sampleRecord("b", { scope: "/team/bob", revision: 2 }),
  sampleRecord("c", { source: "alice", private: true }),
  { ...sampleRecord("d"), supersededBy: "a", supersededAt: new Date(Date.UTC(2026, 1, 1)) },
  sampleRecord("é\ud800"),
];

describeWithServer("repair", (url) => {
  async function filled() {
    const prefix = samplePrefix();
    const store = valkeyStorage({ url, prefix, searchConnections: 0 });
    onTestFinished(() => store.close());
    await store.open(sampleSpace);
    await store.write({ put: records, remove: ["gone"] });
    const connection = await connectValkey(url);
    onTestFinished(() => connection.close());
    return { prefix, store, send: connection.send };
  }

  test("is not needed for a record that was deleted behind the storage's back and is written again", async () => {
    const { prefix, store, send } = await filled();
    const before = await rawState(url, prefix);
    await send("DEL", `${prefix}:r:a`);
    await store.write({ put: records, remove: [] });
    expect(await rawState(url, prefix)).toEqual(before);
  });

  test("runs by itself where a removal meets records that were deleted behind the storage's back", async () => {
    const { prefix, store, send } = await filled();
    await send("DEL", `${prefix}:r:a`, `${prefix}:r:c`);
    expect(await store.remove({ visibleTo: "all", scopes: [parseScope("/team")] })).toBe(1);
    expect(await store.count(everything)).toBe(2);
    await store.remove(everything);
    const next = valkeyStorage({ url, prefix });
    onTestFinished(() => next.close());
    expect(await next.open({ dimensions: 2, embedder: "another" })).toBeNull();
  });

  test("changes nothing in a store that is whole", async () => {
    const { prefix, store } = await filled();
    const before = await rawState(url, prefix);
    expect(await store.repair()).toBe(records.length);
    expect(await rawState(url, prefix)).toEqual(before);
  });

  test("makes every key beside the records again, whichever was deleted", async () => {
    const { prefix, store, send } = await filled();
    const before = await rawState(url, prefix);
    const keys = Object.keys(before).filter((key) => !/^:(r:|gone|meta)/.test(key));
    expect(keys.length).toBeGreaterThan(20);
    for (const key of [...keys, ...keys.map(() => "")]) {
      const lost = key === "" ? keys : [key];
      await send("DEL", ...lost.map((each) => prefix + each));
      await store.repair();
      expect(await rawState(url, prefix), key).toEqual(before);
      if (key === "") break;
    }
  });

  test("takes out of the sets what is no record, and corrects counts", async () => {
    const { prefix, store, send } = await filled();
    const before = await rawState(url, prefix);
    for (const [key, content] of Object.entries(before)) {
      if (/^:(r:|gone|meta)/.test(key)) continue;
      if (key.startsWith(":n:")) await send("HSET", prefix + key, "c2", "77", "nonsense", "1");
      else if (typeof content === "object") await send("ZADD", prefix + key, "1", "nobody");
    }
    await store.repair();
    expect(await rawState(url, prefix)).toEqual(before);
  });

  test("runs by itself when a store is opened whose sets have lost records", async () => {
    const { prefix, send } = await filled();
    const before = await rawState(url, prefix);
    await send("DEL", `${prefix}:z:cp:%2F`, `${prefix}:n:cp:%2F`, `${prefix}:la`);
    const store = valkeyStorage({ url, prefix, searchConnections: 0 });
    onTestFinished(() => store.close());
    expect(await store.open(sampleSpace)).toEqual(sampleSpace);
    expect(await rawState(url, prefix)).toEqual(before);
  });

  test("leaves the store whole although others write at once", async () => {
    const { prefix, store } = await filled();
    await writeDuringRepairs(store, 40);
    expect(await expectWhole(serverSite(url), prefix)).toHaveLength(records.length + 40 - 9);
  });
});

describeWithOwnServers("repair on a server whose memory is full", () => {
  test("does not leave the store without its sets", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const { send, close } = await connectValkey(server.url);
    onTestFinished(close);
    const store = valkeyStorage({ url: server.url, searchConnections: 0 });
    onTestFinished(() => store.close());
    await store.open(sampleSpace);
    await store.write({ put: records, remove: [] });
    await send("CONFIG", "SET", "maxmemory", "1mb");
    expect(await store.repair()).toBe(records.length);
    expect(await store.remove(everything)).toBe(records.length);
  });
});

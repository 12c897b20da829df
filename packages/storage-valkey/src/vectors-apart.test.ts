import { expect, onTestFinished, test } from "vitest";
import { type Fault, startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { searchingServer } from "./testing/searching-server.ts";
import { rawState } from "./testing/stored-state.ts";
import { valkeyStorage } from "./valkey-storage.ts";

async function started() {
  const { url, send } = await searchingServer();
  const proxy = await startFaultProxy({ target: url });
  onTestFinished(() => proxy.stop());
  return { url, proxy, send };
}

const { vector } = sampleRecord("query");
const vectorKeys = (state: object) => Object.keys(state).filter((key) => key.startsWith(":v:"));

describeWithOwnServers("vectors in keys of their own", () => {
  test.for<Fault>(["cut-before", "cut-after"])(
    "a batch is done once, whichever of its commands meets %s",
    async (fault) => {
      const { url, proxy } = await started();
      const first = [sampleRecord("changed"), sampleRecord("removed"), sampleRecord("kept")];
      const put = [sampleRecord("new"), sampleRecord("changed", { revision: 2 })];
      const runStruck = async (at: number) => {
        const prefix = samplePrefix();
        const options = { prefix, index: "hnsw", retryDelayMs: 1 } as const;
        const store = await openStore({ ...options, url: proxy.url });
        await store.write({ put: first, remove: [] });
        proxy.arm(fault, at);
        await store.write({ put, remove: ["removed"] });
        const { hasStruck } = proxy;
        proxy.heal();
        await store.close();
        const { ":gone": _, ...state } = await rawState(url, prefix);
        return { hasStruck, state };
      };
      const expected = (await runStruck(1_000)).state;
      let at = 1;
      for (; ; at++) {
        const { hasStruck, state } = await runStruck(at);
        expect(state, `command ${at}`).toEqual(expected);
        if (!hasStruck) break;
      }
      expect(at).toBeGreaterThan(3);
    },
  );

  test("a vector that no record names is not found, and repair removes it", async () => {
    const { url, send } = await started();
    const prefix = samplePrefix();
    const store = valkeyStorage({ url, prefix, index: "hnsw" });
    onTestFinished(() => store.close());
    await store.open({ dimensions: 4, embedder: "sample-embedder" });
    await store.write({ put: [sampleRecord("a"), sampleRecord("b")], remove: [] });
    const before = await rawState(url, prefix);
    const [named = ""] = vectorKeys(before);
    const stray = `${prefix}:v:${"0".repeat(64)}`;
    for (const id of ["a", "never written"]) await send("COPY", prefix + named, `${stray}:${id}`);
    const found = await store.nearest({ vector, filter: everything, limit: 10 });
    expect(found.map(({ record }) => record.id).sort()).toEqual(["a", "b"]);
    expect(await store.repair()).toBe(2);
    expect(await rawState(url, prefix)).toEqual(before);
  });

  test("a store can go from one kind of index to the other, and back", async () => {
    const { url } = await started();
    const prefix = samplePrefix();
    const ids: string[] = [];
    for (const [i, index] of (["flat", "hnsw", "flat", "hnsw"] as const).entries()) {
      const store = await openStore({ url, prefix, index });
      ids.push(`of ${i}`);
      const moved = sampleRecord("in both", { revision: i + 1, scope: `/moved/${i}` });
      await store.write({ put: [sampleRecord(`of ${i}`), moved], remove: [] });
      const found = await store.nearest({ vector, filter: everything, limit: 10 });
      expect(found.map(({ record }) => record.id).sort()).toEqual(["in both", ...ids].sort());
      const stored = await store.get(["in both", ...ids]);
      expect(stored[0]).toEqual(moved);
      for (const [n, id] of ids.entries()) expect(stored[n + 1]).toEqual(sampleRecord(id));
      expect(vectorKeys(await rawState(url, prefix))).toHaveLength([0, 2, 1, 3][i] as number);
      await store.close();
    }
    const store = await openStore({ url, prefix });
    expect(await store.remove(everything)).toBe(5);
    expect(Object.keys(await rawState(url, prefix)).sort()).toEqual([":gone", ":meta"]);
  });

  test("similar writes of one id at once leave one vector, that of the record", async () => {
    const { url } = await started();
    const prefix = samplePrefix();
    const stores = await Promise.all(
      [1, 2, 3].map(() => openStore({ url, prefix, index: "hnsw" })),
    );
    await Promise.all(
      Array.from({ length: 24 }, (_, i) =>
        stores[i % 3]?.write({
          put: [sampleRecord("a", { revision: (i % 4) + 1, writer: String(i % 6) })],
          remove: [],
        }),
      ),
    );
    const [record] = (await stores[0]?.get(["a"])) ?? [];
    expect(record?.revision).toBe(4);
    expect(vectorKeys(await rawState(url, prefix))).toHaveLength(1);
    const [hit] = (await stores[1]?.nearest({ vector, filter: everything, limit: 2 })) ?? [];
    expect(hit?.record.content).toBe(record?.content);
  });
});

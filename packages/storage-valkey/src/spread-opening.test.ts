import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { itemsOf, textOf } from "./testing/resp.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import {
  type SearchingCluster,
  startSearchingCluster,
} from "./testing/search-stand-in/start-searching-cluster.ts";
import { spreadState } from "./testing/spread-site.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";
import { connectValkey, type ValkeyConnection } from "./testing/valkey-connection.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";
import { valkeyStorage } from "./valkey-storage.ts";

const records = Array.from({ length: 60 }, (_, i) =>
  sampleRecord(`r${i}`, { scope: `/s${i % 3}` }),
);

function spread(options: ValkeyStorageOptions) {
  const given = { cluster: true, layout: "spread", searchConnections: 0, retries: 0 } as const;
  const storage = valkeyStorage({ ...patient, ...given, ...options });
  onTestFinished(() => storage.close());
  return storage;
}

describeWithOwnServers("a store that is spread over the shards of a cluster", () => {
  let cluster: ValkeyCluster;
  let searching: SearchingCluster;
  let connection: ValkeyConnection;
  beforeAll(async () => {
    cluster = await startValkeyCluster();
    searching = await startSearchingCluster(cluster);
    connection = await connectValkey(searching.url);
  });
  afterAll(async () => {
    connection.close();
    await searching.stop();
    await cluster.stop();
  });

  function inThisTest(module: "alone" | "none"): void {
    searching.run(module);
    onTestFinished(() => searching.run("coordinated"));
  }

  async function filled(): Promise<string> {
    const prefix = samplePrefix();
    const storage = spread({ url: searching.url, prefix });
    await storage.open(sampleSpace);
    await storage.write({ put: records, remove: ["gone"] });
    return prefix;
  }

  async function found(prefix: string): Promise<number> {
    const query = ["@ts:[-inf +inf]", "LIMIT", "0", "0"];
    const answer = await connection.send("FT.SEARCH", `${prefix}:i:v1:flat:4`, ...query);
    return Number((itemsOf(answer)[0] as { text: string }).text);
  }

  test("has records on every node, and is searched as a whole", async () => {
    const prefix = await filled();
    for (const { url } of cluster.nodes) {
      const { send, close } = await connectValkey(url);
      expect(itemsOf(await send("KEYS", `${prefix}:r:*`)).length).toBeGreaterThan(5);
      close();
    }
    const storage = spread({ url: searching.url, prefix });
    expect(await storage.open()).toEqual(sampleSpace);
    expect(storage.supports).toMatchObject({ atomicBatch: false, exactSearch: true });
    const vector = records[7]?.vector as Float32Array;
    const nearest = await storage.nearest({ vector, filter: everything, limit: 100 });
    expect(nearest.map(({ record }) => record.id).sort()).toEqual(records.map((r) => r.id).sort());
    expect(await found(prefix)).toBe(records.length);
  });

  test("is refused without the coordinator, because a search would answer with a part", async () => {
    const prefix = await filled();
    inThisTest("alone");
    expect(await found(prefix)).toBeGreaterThan(0);
    expect(await found(prefix)).toBeLessThan(records.length);
    for (const expected of [sampleSpace, undefined])
      await expect(spread({ url: searching.url, prefix }).open(expected)).rejects.toMatchObject({
        code: "NOT_SUPPORTED",
        message: expect.stringContaining("--use-coordinator"),
      });
  });

  test("is refused without the coordinator while it is new, and leaves nothing", async () => {
    inThisTest("alone");
    const prefix = samplePrefix();
    const storage = spread({ url: searching.url, prefix });
    await expect(storage.open(sampleSpace)).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
    expect(await spreadState(cluster, prefix)).toEqual({});
    const indexes = itemsOf(await connection.send("FT._LIST")).map(textOf);
    expect(indexes.filter((name) => name.startsWith(prefix))).toEqual([]);
  });

  test("is refused where the nodes have no Search module", async () => {
    inThisTest("none");
    const storage = spread({ url: searching.url, prefix: samplePrefix() });
    await expect(storage.open(sampleSpace)).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: expect.stringContaining('layout "slot"'),
    });
  });

  test("stays in the layout that it was written in", async () => {
    const { url } = searching;
    const spreadPrefix = await filled();
    const slotPrefix = samplePrefix();
    const slot = await openStore({ url, cluster: true, prefix: slotPrefix });
    await slot.write({ put: records.slice(0, 1), remove: [] });
    await expect(spread({ url, prefix: slotPrefix }).open(sampleSpace)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining('layout "slot"'),
    });
    await expect(openStore({ url, cluster: true, prefix: spreadPrefix })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining('layout "spread"'),
    });
  });

  test("refuses whoever opened it in another layout while it was empty", async () => {
    for (const [first, other] of [
      ["slot", "spread"],
      ["spread", "slot"],
    ] as const) {
      const given = { url: searching.url, prefix: samplePrefix() };
      const [writer, late] = [
        spread({ ...given, layout: first }),
        spread({ ...given, layout: other }),
      ];
      await Promise.all([writer.open(sampleSpace), late.open(sampleSpace)]);
      await writer.write({ put: records, remove: [] });
      const calls = [
        () => late.write({ put: [sampleRecord("late")], remove: [] }),
        () => late.write({ put: [], remove: ["r0"] }),
        () => late.remove(everything),
        () => late.count(everything),
        () => late.get(["r0"]),
        () => late.touch(["r0"], new Date()),
        () => late.repair(),
      ];
      for (const call of calls)
        await expect(call()).rejects.toMatchObject({
          code: "INVALID_INPUT",
          message: expect.stringContaining(`layout "${first}"`),
        });
      expect(await writer.count(everything)).toBe(records.length);
    }
  });
});

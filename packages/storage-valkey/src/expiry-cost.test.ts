import { parseScope, type RecordFilter, type StorageBackend } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithServer } from "./testing/provided-server.ts";
import { samplePrefix, sampleRecord } from "./testing/sample-record.ts";

const now = new Date(1_000_000);
const scopes = [parseScope("/team/a"), parseScope("/team/b")];
const alive: RecordFilter = { visibleTo: "public", aliveAt: now };

const reads: Record<string, (store: StorageBackend) => Promise<unknown>> = {
  "count of all": (store) => store.count(alive),
  "count in two scopes": (store) => store.count({ ...alive, scopes }),
  "count of one category": (store) => store.count({ ...alive, categories: ["r1"], scopes }),
  categories: (store) => store.categories({ ...alive, scopes }),
  scopes: (store) => store.scopes(alive),
  "first page": (store) => store.list({ filter: alive, limit: 5, offset: 0 }),
  "sweep of the expired": (store) =>
    store.remove({ visibleTo: "all", state: "any", expiredAt: now }),
};

describeWithServer("reads that leave out what has expired", (url) => {
  /** The commands of each read over a store of so many records, of which seven have expired. */
  async function costs(size: number): Promise<Record<string, number>> {
    const proxy = await startFaultProxy({ target: url });
    onTestFinished(() => proxy.stop());
    const store = await openStore({ url: proxy.url, prefix: samplePrefix() });
    const put = Array.from({ length: size }, (_, i) => ({
      ...sampleRecord(`r${i}`, { scope: scopes[i % 2] as string }),
      expiresAt: i < 7 ? now : i % 3 === 0 ? new Date(+now + 1) : null,
    }));
    await store.write({ put: [...put, sampleRecord("removed")], remove: [] });
    // From then on the server knows the script.
    await store.remove({ visibleTo: "all", ids: ["removed"] });
    expect(await store.count(alive)).toBe(size - 7);
    const found: Record<string, number> = {};
    for (const [name, read] of Object.entries(reads)) {
      proxy.arm("hold", Number.POSITIVE_INFINITY);
      await read(store);
      found[name] = proxy.commands.length;
    }
    expect(await store.count({ visibleTo: "all", expiredAt: now })).toBe(0);
    expect(await store.count({ visibleTo: "all" })).toBe(size - 7);
    return found;
  }

  test("cost as many commands over 900 records as over 20", async () => {
    expect(await costs(900)).toEqual(await costs(20));
  });
});

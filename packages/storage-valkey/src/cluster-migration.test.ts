import type { StorageBackend, StoredRecord } from "@unimem/core/storage";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { asWritten, everything, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { clusterSite, expectWhole } from "./testing/stored-state.ts";
import { until } from "./testing/until.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";

const moves = process.env.UNIMEM_TESTS === "full" ? 12 : 3;

describeWithOwnServers("a store whose slot moves to another node", () => {
  let cluster: ValkeyCluster;
  beforeAll(async () => {
    cluster = await startValkeyCluster();
  });
  afterAll(() => cluster.stop());

  test("no write is lost, doubled or halved, and no read misses a record", async () => {
    const prefix = samplePrefix();
    const options = { url: cluster.url, cluster: true, prefix, retries: 30, retryDelayMs: 20 };
    const store = await openStore(options);
    const held = Array.from({ length: 100 }, (_, i) => sampleRecord(`old-${i}`));
    await store.write({ put: held, remove: [] });

    const acknowledged = new Map<string, StoredRecord>();
    const removed = new Set<string>();
    let isMoving = true;
    async function write(storage: StorageBackend, writer: string): Promise<void> {
      for (let i = 0; isMoving || i < 20; i++) {
        // New, changed and gone in one batch, so that half of it would show.
        const put = [
          sampleRecord(`new-${writer}-${i}`, { writer, scope: `/w/${writer}` }),
          sampleRecord(`changed-${writer}`, { writer, revision: i + 1, scope: `/c/${i % 3}` }),
        ];
        const remove = [`new-${writer}-${i - 2}`];
        await storage.write({ put, remove });
        for (const record of put) acknowledged.set(record.id, record);
        for (const id of remove) removed.add(id);
      }
    }
    async function read(storage: StorageBackend): Promise<number> {
      let reads = 0;
      for (; isMoving; reads++) {
        const known = [...acknowledged.values()].filter(({ id }) => id.startsWith("changed"));
        const found = await storage.get([...held, ...known].map(({ id }) => id));
        expect(found.slice(0, held.length)).toEqual(held);
        for (const [i, { revision }] of known.entries())
          expect(found[held.length + i]?.revision ?? 0).toBeGreaterThanOrEqual(revision);
        expect(await storage.count(everything)).toBeGreaterThanOrEqual(held.length);
      }
      return reads;
    }
    const slot = await cluster.slotOf(`{${prefix}}:`);
    async function move(): Promise<void> {
      for (let done = 1; done <= moves; done++) {
        await until("more is written", () => acknowledged.size >= done * 20);
        await cluster.moveSlot(slot);
      }
      isMoving = false;
    }
    const [reads] = await Promise.all([
      read(await openStore(options)),
      write(store, "1"),
      write(await openStore(options), "2"),
      move(),
    ]).finally(() => {
      isMoving = false;
    });

    expect(reads).toBeGreaterThan(0);
    const records = await expectWhole(clusterSite(cluster), prefix);
    expect(records).toEqual(records.map(asWritten));
    const expected = [...held, ...acknowledged.values()].filter(({ id }) => !removed.has(id));
    expect(records).toEqual(expected.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  });
});

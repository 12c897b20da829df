import type { StorageBackend, StoredRecord } from "@unimem/core/storage";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spreadKeys } from "./spread-keys.ts";
import { type StoreKeys, storeKeys } from "./store-keys.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { asWritten, everything, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import {
  type SearchingCluster,
  startSearchingCluster,
} from "./testing/search-stand-in/start-searching-cluster.ts";
import { spreadSite } from "./testing/spread-site.ts";
import { clusterSite, expectWhole } from "./testing/stored-state.ts";
import { until } from "./testing/until.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";

const moves = process.env.UNIMEM_TESTS === "full" ? 12 : 3;

describeWithOwnServers("a store of which slots move to another node", () => {
  let cluster: ValkeyCluster;
  let searching: SearchingCluster;
  beforeAll(async () => {
    cluster = await startValkeyCluster();
    searching = await startSearchingCluster(cluster);
  });
  afterAll(async () => {
    await searching.stop();
    await cluster.stop();
  });

  const layouts = {
    slot: { site: () => clusterSite(cluster), moving: ({ meta }: StoreKeys) => [meta] },
    spread: {
      site: () => spreadSite(cluster, searching),
      moving: ({ meta, record }: StoreKeys) => [record("changed-1"), meta, record("old-1")],
    },
  } as const;

  test.for(["slot", "spread"] as const)(
    "in layout %s no write is lost, doubled or halved, and no read misses a record",
    async (layout) => {
      const prefix = samplePrefix();
      const { url } = layout === "slot" ? cluster : searching;
      const options = { url, cluster: true, layout, prefix, retries: 30, retryDelayMs: 20 };
      const store = await openStore(options);
      const held = Array.from({ length: 100 }, (_, i) => sampleRecord(`old-${i}`));
      await store.write({ put: held, remove: [] });

      const acknowledged = new Map<string, StoredRecord>();
      const removed = new Set<string>();
      let isMoving = true;
      async function write(storage: StorageBackend, writer: string): Promise<void> {
        for (let i = 0; isMoving || i < 20; i++) {
          // New, changed and gone in one batch, so that half of it would show. The first writer's records are so
          // long that each is in a script of its own.
          const put = [
            sampleRecord(`new-${writer}-${i}`, { writer, scope: `/w/${writer}` }),
            sampleRecord(`changed-${writer}`, { writer, revision: i + 1, scope: `/c/${i % 3}` }),
          ].map((record) => (writer === "1" ? long(record) : record));
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
      const { site, moving } = layouts[layout];
      const keys = moving(layout === "slot" ? storeKeys(prefix, true) : spreadKeys(prefix));
      async function move(): Promise<void> {
        for (let done = 1; done <= moves; done++) {
          await until("more is written", () => acknowledged.size >= done * 20);
          await cluster.moveSlot(await cluster.slotOf(keys[done % keys.length] ?? ""));
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
      const records = await expectWhole(site(), prefix);
      expect(records.map(short)).toEqual(records.map(asWritten));
      const expected = [...held, ...acknowledged.values()].filter(({ id }) => !removed.has(id));
      expect(records).toEqual(expected.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    },
  );

  test("a large batch goes where the slot has gone, of which the client knows nothing yet", async () => {
    const prefix = samplePrefix();
    const store = await openStore({ url: cluster.url, cluster: true, prefix });
    await store.write({ put: [sampleRecord("held")], remove: [] });
    await cluster.moveSlot(await cluster.slotOf(storeKeys(prefix, true).meta));
    const put = ["a", "b", "c"].map((id) => long(sampleRecord(id)));
    await store.write({ put, remove: ["held"] });
    expect((await expectWhole(clusterSite(cluster), prefix)).map(short)).toEqual(put.map(short));
  });
});

const filling = ".".repeat(300_000);

function long(record: StoredRecord): StoredRecord {
  return { ...record, content: record.content + filling };
}

function short(record: StoredRecord): StoredRecord {
  return { ...record, content: record.content.replace(filling, "") };
}

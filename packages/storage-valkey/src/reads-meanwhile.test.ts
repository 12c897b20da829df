import { checkedStorage, type StorageBackend, type StoredRecord } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { type CandidateSets, candidates } from "./candidates.ts";
import { connectionSettings } from "./connection-options.ts";
import { FindRecords } from "./find-records.ts";
import { parseValkeyUrl } from "./parse-valkey-url.ts";
import { RoundTrips } from "./round-trips.ts";
import { storeKeys } from "./store-keys.ts";
import { StoreReads } from "./store-reads.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithServer } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { walkSets } from "./walk-sets.ts";

const moment = Date.UTC(2026, 0, 1);

/** Newest first they are in the order of their numbers; with `atOnce` by their ids alone. */
function numbered(from: number, to: number, { atOnce = false } = {}): StoredRecord[] {
  return Array.from({ length: to - from }, (_, i) => ({
    ...sampleRecord(`id-${from + i}`, { source: "s", private: i % 2 === 1 }),
    createdAt: new Date(atOnce ? moment : moment - from - i),
  }));
}

const idsOf = (records: readonly { id: string }[]) => records.map(({ id }) => id);

describeWithServer("reads while others write", (url) => {
  async function opened() {
    const prefix = samplePrefix();
    const store = await openStore({ url, prefix });
    const trips = new RoundTrips(connectionSettings(parseValkeyUrl(url, []).connection), 0);
    onTestFinished(() => trips.close());
    const keys = storeKeys(prefix, false);
    return { store, keys, reads: new StoreReads(trips, keys) };
  }

  /** The ids that a walk over all views meets where `meanwhile` happens before each of its pages but the first. */
  async function walked(
    { keys, reads }: Awaited<ReturnType<typeof opened>>,
    filter: Parameters<typeof candidates>[1],
    meanwhile: (page: number) => Promise<void>,
  ): Promise<string[]> {
    const met: string[] = [];
    let pages = 0;
    for await (const ids of walkSets(reads, candidates(keys, filter) as CandidateSets, 10)) {
      met.push(...ids);
      await meanwhile(++pages);
    }
    return met;
  }

  for (const [name, filter] of [
    ["one set", { visibleTo: "public" }],
    ["several sets", everything],
    ["several sets within times", { ...everything, createdAfter: new Date(moment - 10_000) }],
  ] as const)
    test(`a walk over ${name} meets each record once while newer ones come and go`, async () => {
      const site = await opened();
      const old = numbered(0, 3_000);
      const newer = numbered(-100, 0);
      await site.store.write({ put: [...old, ...newer], remove: [] });
      const met = await walked(site, filter, async (page) => {
        const put = numbered(-1_000 - page * 100, -950 - page * 100);
        await site.store.write({ put, remove: idsOf(newer.splice(0, 40)) });
      });
      const expected = old.filter((record) => filter.visibleTo === "all" || !record.private);
      expect(met.filter((id) => !id.startsWith("id--"))).toEqual(idsOf(expected));
      expect(new Set(met).size).toBe(met.length);
    });

  test("so does one over records of the same moment, some of which are removed", async () => {
    const site = await opened();
    const old = numbered(10_000, 13_000, { atOnce: true });
    await site.store.write({ put: old, remove: [] });
    const met = await walked(site, { visibleTo: "public" }, async (page) => {
      const passed = idsOf(old).slice((page - 1) * 4, page * 4);
      await site.store.write({ put: [], remove: passed });
    });
    expect(met).toEqual(idsOf(old.filter((record) => !record.private)));
  });

  test("every kind of read answers without a breach while another handle writes", async () => {
    const { store } = await opened();
    const checked: StorageBackend = checkedStorage(store);
    await store.write({ put: numbered(0, 1_500), remove: [] });
    let isReading = true;
    async function write() {
      for (let n = 1; isReading; n++) await store.write({ put: numbered(-n, 1 - n), remove: [] });
    }
    const writing = write();
    const [record] = numbered(0, 1) as [StoredRecord];
    const filter = { ...everything, metadata: { writer: { eq: "0" } } };
    const answers = await Promise.allSettled([
      checked.nearest({ vector: record.vector, filter: everything, limit: 10_000 }),
      checked.list({ filter: everything, limit: 10_000, offset: 0 }),
      checked.list({ filter, limit: 10_000, offset: 0 }),
    ]);
    isReading = false;
    await writing;
    expect(answers.filter(({ status }) => status === "rejected")).toEqual([]);
  });

  test("a page has no hole where a record of it goes while it is read", async () => {
    const { store, keys, reads } = await opened();
    await store.write({ put: numbered(0, 30), remove: [] });
    const find = new FindRecords(reads, keys);
    const batch = reads.batch.bind(reads);
    let asked = 0;
    reads.batch = async (...args) => {
      const answer = await batch(...args);
      if (++asked === 1) await store.write({ put: [], remove: ["id-2"] });
      return answer;
    };
    const page = await find.list(everything, 5, 0);
    expect(idsOf(page)).toEqual(["id-0", "id-1", "id-3", "id-4", "id-5"]);
  });
});

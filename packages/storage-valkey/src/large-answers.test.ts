import {
  cosine,
  matchesFilter,
  newestFirst,
  type RecordFilter,
  type StorageBackend,
  type StoredRecord,
} from "@unimem/core/storage";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import type { Relay } from "./testing/relay.ts";
import { everything, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { until } from "./testing/until.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import { type ValkeyStorage, valkeyStorage } from "./valkey-storage.ts";

const day = (n: number) => new Date(Date.UTC(2026, 0, n));

/** More than are looked at one by one have expired by day 20, few by day 10, and every seventh is rare. */
const records: StoredRecord[] = Array.from({ length: 2_600 }, (_, i) => {
  const record = sampleRecord(`r${String(i).padStart(4, "0")}`, {
    revision: (i % 5) + 1,
    scope: i % 3 === 0 ? "/team/a" : "/team/b",
    writer: String(i % 90),
  });
  const expiresAt = i % 2 === 0 ? day(i % 100 === 0 ? 5 : 15) : null;
  const categories = i % 7 === 0 ? ["rare"] : ["common"];
  const metadata = { place: i };
  return { ...record, expiresAt, categories, metadata } as StoredRecord;
});
const vector = sampleRecord("query", { writer: "45" }).vector;

const filters: Record<string, RecordFilter> = {
  "few have expired": { visibleTo: "all", aliveAt: day(10) },
  "few have expired in one scope": {
    visibleTo: "public",
    aliveAt: day(10),
    scopes: ["/team/a" as StoredRecord["scope"]],
  },
  "few have expired of one category": {
    visibleTo: "all",
    aliveAt: day(10),
    categories: ["rare"],
  },
  "many have expired": { visibleTo: "all", aliveAt: day(20) },
  "many have expired of one category": {
    visibleTo: "all",
    aliveAt: day(20),
    categories: ["rare"],
    scopes: ["/team/b" as StoredRecord["scope"]],
  },
  "only what has expired": { visibleTo: "all", expiredAt: day(10) },
  "almost nobody meets the metadata": {
    visibleTo: "all",
    metadata: { place: { gte: 2_590 } },
  },
  "nobody meets the metadata": { visibleTo: "all", metadata: { place: { eq: "nowhere" } } },
};

describeWithOwnServers("large answers", () => {
  let server: ValkeyServer;
  let standIn: Relay;
  const stores: Record<string, ValkeyStorage> = {};
  beforeAll(async () => {
    server = await startValkeyServer({ appendonly: false });
    standIn = await startSearchStandIn({ target: server.url });
    stores["without the Search module"] = valkeyStorage({ url: server.url, prefix: "s" });
    stores["with the Search module"] = valkeyStorage({ url: standIn.url, prefix: "s" });
    for (const store of Object.values(stores)) await store.open(sampleSpace);
    await stores["without the Search module"]?.write({ put: records, remove: [] });
  });
  afterAll(async () => {
    for (const store of Object.values(stores)) await store.close();
    await standIn.stop();
    await server.stop();
  });

  describe.for(["without the Search module", "with the Search module"])("%s", (mode) => {
    test.for(Object.entries(filters))("are whole where %s", async ([, filter]) => {
      const store = stores[mode] as StorageBackend;
      const expected = records.filter((record) => matchesFilter(record, filter)).sort(newestFirst);
      expect(await store.count(filter)).toBe(expected.length);
      const ids = expected.map(({ id }) => id);
      for (const [limit, offset] of [
        [3_000, 0],
        [10, 0],
        [100, 700],
      ] as const) {
        const page = await store.list({ filter, limit, offset });
        expect(page.map(({ id }) => id)).toEqual(ids.slice(offset, offset + limit));
      }
      expect(await store.categories(filter)).toEqual(
        counted(expected.flatMap((r) => r.categories)),
      );
      const scopes = (await store.scopes(filter)).map(({ scope, count, oldest, newest }) => [
        scope,
        { count, oldest, newest },
      ]);
      expect(Object.fromEntries(scopes)).toEqual(summarized(expected));
      // More than the module answers with at once is asked for one filter alone: that way is the same for all.
      const most = filter === filters["few have expired"] ? 20_000 : 3_000;
      for (const limit of [5, most]) {
        const found = await store.nearest({ vector, filter, limit });
        const similarities = expected.map((record) => cosine(vector, record.vector));
        const best = similarities.sort((a, b) => b - a).slice(0, limit);
        expect(found.map(({ similarity }) => similarity.toFixed(4))).toEqual(
          best.map((similarity) => similarity.toFixed(4)),
        );
      }
    });
  });

  test("a search that takes long holds up no write", async () => {
    const proxy = await startFaultProxy({ target: server.url });
    onTestFinished(() => proxy.stop());
    const store = await openStore({ url: proxy.url, prefix: "slow", searchConnections: 1 });
    await store.write({ put: [sampleRecord("a")], remove: [] });
    // The first two ask for ids, the third begins to ask for the vectors.
    proxy.arm("hold", 3);
    const searching = store.nearest({ vector, filter: { visibleTo: "public" }, limit: 1 });
    await until("the search is held", () => proxy.hasStruck);
    await store.write({ put: [sampleRecord("b")], remove: [] });
    expect(await store.count(everything)).toBe(2);
    proxy.heal();
    expect(await searching).toHaveLength(1);
  });

  test("a search in the server that takes long holds up no write", async () => {
    const proxy = await startFaultProxy({ target: standIn.url });
    onTestFinished(() => proxy.stop());
    const store = await openStore({ url: proxy.url, prefix: "busy", searchConnections: 1 });
    await store.write({ put: [sampleRecord("a")], remove: [] });
    const search = () => store.nearest({ vector, filter: { visibleTo: "public" }, limit: 1 });
    proxy.arm("hold", Number.POSITIVE_INFINITY);
    await search();
    proxy.arm("hold", proxy.commands.indexOf("FT.SEARCH") + 1);
    const searching = search();
    await until("the search is held", () => proxy.hasStruck);
    await store.write({ put: [sampleRecord("b")], remove: [] });
    expect(await store.count(everything)).toBe(2);
    proxy.heal();
    expect(await searching).toHaveLength(1);
  });
});

function counted(names: readonly string[]): Map<string, number> {
  const groups = Map.groupBy(names, (name) => name);
  return new Map([...groups].map(([name, all]) => [name, all.length]));
}

function summarized(expected: readonly StoredRecord[]) {
  const groups = Map.groupBy(expected, ({ scope }) => scope);
  return Object.fromEntries(
    [...groups].map(([scope, own]) => [
      scope,
      { count: own.length, oldest: own.at(-1)?.createdAt, newest: own[0]?.createdAt },
    ]),
  );
}

import { manualRuntime } from "@unimem/core/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { spreadKeys } from "./spread-keys.ts";
import { connectionFaults } from "./testing/fault-proxy.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { startRelay } from "./testing/relay.ts";
import { textOf } from "./testing/resp.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import {
  type SearchingCluster,
  startSearchingCluster,
} from "./testing/search-stand-in/start-searching-cluster.ts";
import { spreadSite, spreadState } from "./testing/spread-site.ts";
import { expectWhole } from "./testing/stored-state.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { writeDuringRepairs } from "./testing/write-during-repairs.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";
import { type ValkeyStorage, valkeyStorage } from "./valkey-storage.ts";

const runtime = manualRuntime();
/** From one command that fails to the next. */
const step = process.env.UNIMEM_TESTS === "full" ? 1 : 3;
const records = [
  sampleRecord("a", { scope: "/team/alice" }),
  sampleRecord("b", { scope: "/team/bob", revision: 2 }),
  sampleRecord("c", { source: "alice", private: true }),
  { ...sampleRecord("d"), supersededBy: "a", supersededAt: new Date(Date.UTC(2026, 1, 1)) },
  { ...sampleRecord("é\ud800}"), expiresAt: new Date(Date.UTC(2027, 1, 1)) },
];

describeWithOwnServers("the repair of a store over many shards", () => {
  const faults = connectionFaults();
  let cluster: ValkeyCluster;
  let searching: SearchingCluster;
  beforeAll(async () => {
    cluster = await startValkeyCluster();
    const before = (target: string) => startRelay(target, faults.join);
    searching = await startSearchingCluster(cluster, { before });
  });
  afterAll(async () => {
    await searching.stop();
    await cluster.stop();
  });

  async function opened(options: ValkeyStorageOptions): Promise<ValkeyStorage> {
    const given = { url: searching.url, cluster: true, layout: "spread", runtime } as const;
    const store = valkeyStorage({
      ...patient,
      ...given,
      searchConnections: 0,
      retryDelayMs: 1,
      ...options,
    });
    onTestFinished(() => store.close());
    await store.open(sampleSpace);
    return store;
  }

  async function filled(options: ValkeyStorageOptions = {}) {
    const prefix = samplePrefix();
    const store = await opened({ ...options, prefix });
    await store.write({ put: records, remove: ["gone"] });
    await store.touch(["a"], new Date(Date.UTC(2026, 6, 1)));
    return { prefix, store, whole: await spreadState(cluster, prefix) };
  }

  /** Deletes some of the keys beside the records. */
  async function lose(prefix: string, keys: readonly string[]): Promise<void> {
    const { url } = cluster.ownerOf(await cluster.slotOf(`{${prefix}}:`));
    const { send, close } = await connectValkey(url);
    await send("DEL", ...keys.map((key) => `{${prefix}}${key}`));
    close();
  }

  test("runs by itself where a removal meets a record that was deleted behind the storage's back", async () => {
    const { prefix, store } = await filled();
    const key = spreadKeys(prefix).record("a");
    const { url } = cluster.ownerOf(await cluster.slotOf(key));
    const { send, close } = await connectValkey(url);
    onTestFinished(close);
    expect(textOf(await send("DEL", key))).toBe("1");
    expect(await store.remove(everything)).toBe(records.length - 1);
    expect(await store.count(everything)).toBe(0);
  });

  test("changes nothing in one that is whole", async () => {
    const { prefix, store, whole } = await filled();
    expect(await store.repair()).toBe(records.length);
    expect(await spreadState(cluster, prefix)).toEqual(whole);
  });

  test("makes every key beside the records again, from the records of all shards", async () => {
    const { prefix, store, whole } = await filled();
    // When a record was read last is known nowhere else.
    const beside = Object.keys(whole).filter((key) => !/^:(r:|meta|la)/.test(key));
    expect(beside.length).toBeGreaterThan(20);
    expect(beside).toEqual(expect.arrayContaining([":placed", ":gone", ":exp"]));
    for (const lost of [...beside.map((key) => [key]), beside]) {
      await lose(prefix, lost);
      await store.repair();
      expect(await spreadState(cluster, prefix), lost.join()).toEqual(whole);
    }
  });

  test("takes away vectors that no record names, and leaves the others", async () => {
    const { prefix, store, whole } = await filled({ index: "hnsw" });
    const vectors = Object.keys(whole).filter((key) => key.startsWith(":v:"));
    expect(vectors).toHaveLength(records.length);
    // Of the same record, so that it lies in the same slot.
    const name = `${prefix}${vectors[0]?.replace(/:[0-9a-f]{64}:/, `:${"0".repeat(64)}:`)}`;
    const { send, close } = await connectValkey(cluster.ownerOf(await cluster.slotOf(name)).url);
    await send("HSET", name, "ts", "1");
    close();
    expect(await store.repair()).toBe(records.length);
    expect(await spreadState(cluster, prefix)).toEqual(whole);
  });

  test("is done by whoever opens the store after it was broken off, at whichever command", async () => {
    onTestFinished(() => faults.heal());
    for (let at = 1, isOver = false; !isOver; at += step) {
      const { prefix, store, whole } = await filled({ retries: 0 });
      await lose(prefix, [":e:cp:%2Fteam%2Fbob", ":n:cp:%2Fteam"]);
      faults.arm("cut-before", at);
      await store.repair().catch(() => {});
      isOver = !faults.hasStruck;
      faults.heal();
      const isUntouched = at === 1;
      const other = await opened({ prefix });
      // Where it never began there is no sign of it.
      if (isUntouched) await other.repair();
      expect(await spreadState(cluster, prefix), `command ${at}`).toEqual(whole);
      await Promise.all([store.close(), other.close()]);
    }
  });

  test("leaves the store whole although others write at once", async () => {
    const { prefix, store } = await filled();
    await writeDuringRepairs(store, 20);
    const site = spreadSite(cluster, searching);
    expect(await expectWhole(site, prefix)).toHaveLength(records.length + 20 - 4);
  });
});

import { inMemoryStorage, type StorageBackend } from "@unimem/core/storage";
import { manualRuntime } from "@unimem/core/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { connectionFaults, type Fault } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { startRelay } from "./testing/relay.ts";
import { samplePrefix, sampleSpace } from "./testing/sample-record.ts";
import {
  type SearchingCluster,
  startSearchingCluster,
} from "./testing/search-stand-in/start-searching-cluster.ts";
import { spreadState } from "./testing/spread-site.ts";
import { expectSameAnswers } from "./testing/stored-state.ts";
import { heldBefore, struckWrites } from "./testing/struck-writes.ts";
import { startValkeyCluster, type ValkeyCluster } from "./testing/valkey-cluster.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";
import type { ValkeyStorage } from "./valkey-storage.ts";

const runtime = manualRuntime();
const isFull = process.env.UNIMEM_TESTS === "full";

const ids = ["changed", "newer", "removed", "other", "new", "never seen"];

describeWithOwnServers("writes to a store over many shards that break off", () => {
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

  const opened = (options: ValkeyStorageOptions) =>
    openStore({
      ...{ url: searching.url, cluster: true, layout: "spread", runtime, retryDelayMs: 1 },
      ...options,
    }) as Promise<ValkeyStorage>;

  async function filled(options: ValkeyStorageOptions = {}) {
    const prefix = samplePrefix();
    const store = await opened({ ...options, prefix });
    await store.write({ put: heldBefore, remove: ["long gone"] });
    return { prefix, store };
  }

  /** What the operation leaves behind where nothing fails. */
  async function unharmed(operate: (storage: StorageBackend) => Promise<unknown>) {
    const { prefix, store } = await filled();
    const answer = await operate(store);
    const model = inMemoryStorage({ runtime });
    await model.open(sampleSpace);
    await model.write({ put: heldBefore, remove: ["long gone"] });
    expect(await operate(model)).toEqual(answer);
    await expectSameAnswers(store, model);
    return spreadState(cluster, prefix);
  }

  /** That what lists and counts the records is what the in-memory storage makes of just these records. */
  async function expectSettled(store: StorageBackend): Promise<void> {
    const records = await store.get(ids);
    const model = inMemoryStorage({ runtime });
    await model.open(sampleSpace);
    await model.write({ put: records.filter((record) => record !== undefined), remove: [] });
    await expectSameAnswers(store, model);
  }

  for (const [name, operate] of Object.entries(struckWrites))
    for (const fault of (isFull
      ? ["cut-before", "cut-after", "half-reply"]
      : ["cut-before", "cut-after"]) as Fault[])
      test(`${name} can be repeated, and is mended by whoever opens the store or repairs it, whichever command meets ${fault}`, async () => {
        const after = await unharmed(operate);
        onTestFinished(() => faults.heal());
        let failures = 0;
        for (let at = 1; ; at++) {
          const { prefix, store } = await filled({ retries: 0 });
          faults.arm(fault, at);
          const failure = await operate(store).then(
            () => undefined,
            (error) => error,
          );
          const { hasStruck } = faults;
          faults.heal();
          if (failure !== undefined) {
            failures++;
            expect(["WRITE_UNKNOWN", "STORAGE_UNAVAILABLE"]).toContain(failure.code);
          }
          const other = await opened({ prefix });
          if (at % 2 === 0) expect(await other.repair()).toBeGreaterThan(0);
          await expectSettled(other);
          await operate(other);
          expect(await spreadState(cluster, prefix), `command ${at}`).toEqual(after);
          await Promise.all([store.close(), other.close()]);
          if (!hasStruck) break;
        }
        expect(failures).toBeGreaterThan(3);
      });
});

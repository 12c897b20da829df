import { isMemoryError, type StorageBackend, type StoredRecord } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { openImpatientStore, openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { asWritten, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { expectWhole, recordsOf, serverSite } from "./testing/stored-state.ts";
import { until } from "./testing/until.ts";
import { startValkeyServer, type ValkeyServerOptions } from "./testing/valkey-server.ts";

const isFull = process.env.UNIMEM_TESTS === "full";
const saves = 2_000;
const kills = isFull ? 10 : 3;

async function started(options?: ValkeyServerOptions) {
  const server = await startValkeyServer(options);
  onTestFinished(() => server.stop());
  return server;
}

interface Outcome {
  readonly record: StoredRecord;
  readonly failure?: unknown;
}

/** Saves new and changed records in lanes, one after the other in each, and tells of every outcome. */
async function saveInLanes(
  storage: StorageBackend,
  perLane: number,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    for (let i = 0; i < perLane; i++) {
      const revision = Math.floor(i / 2) + 1;
      const record = sampleRecord(`${lane}-${i % 2 === 0 ? i : "changed"}`, {
        revision,
        scope: `/lane/${lane}`,
      });
      await storage.write({ put: [record], remove: [] }).then(
        () => tell({ record }),
        (failure) => tell({ record, failure }),
      );
    }
  });
  await Promise.all(lanes);
}

describeWithOwnServers("a server that is killed and started again", () => {
  test(`what was acknowledged is there after ${kills} kills during ${saves} saves`, async () => {
    const server = await started({ appendonly: "always" });
    const prefix = samplePrefix();
    const store = await openStore({ url: server.url, prefix, retries: 20 });
    expect(store.supports.durability).toBe("host");

    const acknowledged = new Map<string, StoredRecord>();
    const unknown: unknown[] = [];
    let told = 0;
    const saving = saveInLanes(store, saves / 4, ({ record, failure }) => {
      told++;
      if (failure === undefined) acknowledged.set(record.id, record);
      else unknown.push(failure);
    });
    for (let kill = 1; kill <= kills; kill++) {
      await until("enough is saved", () => told >= (kill * saves) / (kills + 1));
      await server.kill();
      await server.restart();
    }
    await saving;

    expect(unknown.filter((failure) => !isMemoryError(failure, "WRITE_UNKNOWN"))).toEqual([]);
    const stored = new Map(
      (await expectWhole(serverSite(server.url), prefix)).map((each) => [each.id, each]),
    );
    for (const [id, record] of acknowledged)
      expect(stored.get(id)?.revision ?? 0, id).toBeGreaterThanOrEqual(record.revision);
    expect([...stored.values()]).toEqual([...stored.values()].map(asWritten));
    expect(acknowledged.size).toBeGreaterThan(saves / 4);
  });

  test("a save is whole or absent when the server dies under it and never comes back in time", async () => {
    const server = await started({ appendonly: "always" });
    const prefix = samplePrefix();
    const { url } = server;
    const other = await openStore({ url, prefix });
    const impatient = { url, prefix, retries: 1, retryDelayMs: 1, requestTimeoutMs: 500 };
    const store = await openImpatientStore(impatient);
    const batch = (n: number) => ({
      put: Array.from({ length: 20 }, (_, i) => sampleRecord(`${n}-${i}`)),
      remove: [],
    });
    await other.write(batch(0));
    const writes = Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => store.write(batch(n + 1))),
    );
    await server.kill();
    const outcomes = await writes;
    for (const outcome of outcomes)
      if (outcome.status === "rejected")
        expect(["WRITE_UNKNOWN", "STORAGE_UNAVAILABLE"]).toContain(outcome.reason.code);
    await expect(store.write(batch(99))).rejects.toMatchObject({
      code: expect.stringMatching(/WRITE_UNKNOWN|STORAGE_UNAVAILABLE/),
    });
    await server.restart();

    const counts = new Map<string, number>();
    for (const { id } of await expectWhole(serverSite(server.url), prefix)) {
      const batchName = id.split("-")[0] ?? "";
      counts.set(batchName, (counts.get(batchName) ?? 0) + 1);
    }
    expect([...counts.values()].filter((count) => count !== 20)).toEqual([]);
    expect(counts.get("0")).toBe(20);
    for (const [n, { status }] of outcomes.entries())
      if (status === "fulfilled") expect(counts.get(String(n + 1))).toBe(20);
    await until("the client has connected again", () =>
      store.write(batch(99)).then(
        () => true,
        () => false,
      ),
    );
    expect((await recordsOf(other)).filter(({ id }) => id.startsWith("99-"))).toHaveLength(20);
  });
});

describeWithOwnServers("a server that is frozen for longer than a request may take", () => {
  test("what it does late undoes nothing that was done meanwhile", async () => {
    const server = await started();
    const prefix = samplePrefix();
    const { url } = server;
    const other = await openStore({ url, prefix });
    const impatient = { url, prefix, retries: 1, retryDelayMs: 1, requestTimeoutMs: 250 };
    const store = await openImpatientStore(impatient);
    await other.write({
      put: [sampleRecord("a"), sampleRecord("b"), sampleRecord("c")],
      remove: [],
    });

    server.freeze();
    const late = await Promise.allSettled([
      store.write({ put: [sampleRecord("a", { revision: 2 })], remove: [] }),
      store.write({ put: [sampleRecord("b", { revision: 2 })], remove: [] }),
      store.write({ put: [sampleRecord("late")], remove: [] }),
      store.remove({ visibleTo: "all", ids: ["c"] }),
    ]);
    expect(late.map((each) => each.status === "rejected" && each.reason.code)).toEqual([
      "WRITE_UNKNOWN",
      "WRITE_UNKNOWN",
      "WRITE_UNKNOWN",
      // It could not even find what to remove.
      "STORAGE_UNAVAILABLE",
    ]);
    await expect(store.get(["a"])).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    server.thaw();

    await other.write({ put: [sampleRecord("a", { revision: 3 })], remove: ["b"] });
    await until("the impatient client has connected again", () =>
      store.write({ put: [sampleRecord("late")], remove: [] }).then(
        () => true,
        () => false,
      ),
    );
    const records = await expectWhole(serverSite(server.url), prefix);
    expect(records.map(({ id, revision }) => `${id}${revision}`)).toEqual(["a3", "c1", "late1"]);
  });
});

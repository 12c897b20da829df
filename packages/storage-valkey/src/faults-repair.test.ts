import type { StoredRecord } from "@unimem/core/storage";
import { manualRuntime } from "@unimem/core/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Fault, startFaultProxy } from "./testing/fault-proxy.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { rawState } from "./testing/stored-state.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";
import { type ValkeyStorage, valkeyStorage } from "./valkey-storage.ts";

const runtime = manualRuntime();
const few = sampleRecords(6);
/** With more keys beside them than a repair drops at once. */
const many = sampleRecords(150);

function sampleRecords(count: number): StoredRecord[] {
  return Array.from({ length: count }, (_, i) =>
    sampleRecord(`r${i}`, { scope: `/s${i}`, revision: 1 + (i % 3) }),
  );
}

// A repair looks at the names of all keys that a server has, so it has none of other tests.
describeWithOwnServers("a repair over a connection that fails", () => {
  let url: string;
  let server: ValkeyServer;
  beforeAll(async () => {
    server = await startValkeyServer({ appendonly: false });
    url = server.url;
  });
  afterAll(() => server.stop());

  async function opened(options: ValkeyStorageOptions): Promise<ValkeyStorage> {
    const store = valkeyStorage({
      ...patient,
      searchConnections: 0,
      runtime,
      retryDelayMs: 1,
      ...options,
    });
    onTestFinished(() => store.close());
    await store.open(sampleSpace);
    return store;
  }

  async function filled(held: readonly StoredRecord[]) {
    const prefix = samplePrefix();
    const store = await opened({ url, prefix });
    await store.write({ put: held, remove: ["gone"] });
    await store.touch(["r1"], new Date(Date.UTC(2026, 6, 1)));
    const whole = await rawState(url, prefix);
    return { prefix, whole };
  }

  /** A store whose sets and counts are partly lost, and what it was before. */
  async function damaged() {
    const { prefix, whole } = await filled(few);
    const { send, close } = await connectValkey(url);
    const lost = Object.keys(whole).filter((key) => /^:(e|k):/.test(key));
    await send("DEL", ...lost.map((key) => prefix + key));
    close();
    return { prefix, whole };
  }

  test.for<Fault>(["cut-before", "cut-after", "half-reply"])(
    "it is done, whichever command meets %s",
    async (fault) => {
      const proxy = await startFaultProxy({ target: url });
      onTestFinished(() => proxy.stop());
      for (let at = 1; ; at++) {
        const { prefix, whole } = await damaged();
        const store = await opened({ url: proxy.url, prefix });
        proxy.arm(fault, at);
        expect(await store.repair()).toBe(few.length);
        const { hasStruck } = proxy;
        proxy.heal();
        expect(await rawState(url, prefix), `the fault met command ${at}`).toEqual(whole);
        await store.close();
        if (!hasStruck) break;
      }
    },
  );

  test("one that was broken off is made good by the next opening", async () => {
    const proxy = await startFaultProxy({ target: url });
    onTestFinished(() => proxy.stop());
    // Later commands read one record each: some of them stand for all.
    for (let at = 1; ; at += at < 12 ? 1 : 97) {
      const { prefix, whole } = await filled(many);
      const store = await opened({ url: proxy.url, prefix, retries: 0 });
      proxy.arm("cut-before", at);
      const outcome = await store.repair().then(
        () => "repaired",
        (error) => error.code,
      );
      const { hasStruck } = proxy;
      proxy.heal();
      await store.close();
      const about = `the fault met command ${at}`;
      expect(outcome, about).toMatch(hasStruck ? /STORAGE_UNAVAILABLE|WRITE_UNKNOWN/ : /repaired/);
      await (await opened({ url, prefix })).close();
      expect(await rawState(url, prefix), about).toEqual(whole);
      if (!hasStruck) break;
    }
  });
});

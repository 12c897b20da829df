import { inMemoryStorage, isMemoryError, type StorageBackend } from "@unimem/core/storage";
import { manualRuntime } from "@unimem/core/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Fault, type FaultProxy, startFaultProxy } from "./testing/fault-proxy.ts";
import { openImpatientStore, openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import type { Relay } from "./testing/relay.ts";
import { samplePrefix, sampleSpace } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { expectSameAnswers, type RawState, rawState } from "./testing/stored-state.ts";
import { heldBefore, type StruckWrite, struckWrites } from "./testing/struck-writes.ts";
import { until } from "./testing/until.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";

const runtime = manualRuntime();
const faults: Fault[] = ["cut-before", "cut-after", "half-reply"];
const accessed = new Date(Date.UTC(2026, 6, 1));

const operations: Record<string, StruckWrite> = {
  ...struckWrites,
  "a touch": (storage) => storage.touch(["changed", "other", "never seen"], accessed),
};

const modes = {
  "into the records": { index: "flat" },
  "with the vectors apart, for an HNSW index": { index: "hnsw", search: "module" },
} as const;

for (const [mode, modeOptions] of Object.entries(modes))
  describeWithOwnServers(`writes ${mode}, over a connection that fails`, () => {
    let url: string;
    let proxy: FaultProxy;
    const relays: Relay[] = [];
    let server: ValkeyServer;
    beforeAll(async () => {
      server = await startValkeyServer();
      const standIn = await startSearchStandIn({ target: server.url });
      url = modeOptions.index === "hnsw" ? standIn.url : server.url;
      proxy = await startFaultProxy({ target: url });
      relays.push(proxy, standIn);
    });
    afterAll(async () => {
      for (const relay of relays) await relay.stop();
      await server.stop();
    });

    const opened = (options: ValkeyStorageOptions) =>
      openStore({ ...modeOptions, runtime, ...options });

    /** So that clients have to load their scripts again, which is a failure to live with, too. */
    async function forgetScripts(): Promise<void> {
      const { send, close } = await connectValkey(url);
      await send("SCRIPT", "FLUSH");
      close();
    }

    async function filledStore(): Promise<string> {
      const prefix = samplePrefix();
      const store = await opened({ url, prefix });
      await store.write({ put: heldBefore, remove: ["long gone"] });
      await store.close();
      return prefix;
    }

    /** What the operation answers and leaves behind where nothing fails. */
    async function unharmed(operate: (storage: StorageBackend) => Promise<unknown>) {
      const prefix = await filledStore();
      const before = await rawState(url, prefix);
      const store = await opened({ url, prefix });
      const answer = await operate(store);
      const model = inMemoryStorage({ runtime });
      await model.open(sampleSpace);
      await model.write({ put: heldBefore, remove: ["long gone"] });
      expect(await operate(model)).toEqual(answer);
      await expectSameAnswers(store, model);
      return { before, after: await rawState(url, prefix), answer };
    }

    for (const [name, operate] of Object.entries(operations)) {
      test.for(faults)(`${name} is done once, whichever command meets %s`, async (fault) => {
        const { after, answer } = await unharmed(operate);
        let at = 1;
        for (; ; at++) {
          const prefix = await filledStore();
          const store = await opened({ url: proxy.url, prefix, retryDelayMs: 1 });
          await forgetScripts();
          proxy.arm(fault, at);
          const found = await operate(store);
          const { hasStruck } = proxy;
          proxy.heal();
          const about = `the fault met command ${at}`;
          expect(found, about).toEqual(answer);
          expect(await rawState(url, prefix), about).toEqual(after);
          await store.close();
          if (!hasStruck) break;
        }
        expect(at).toBeGreaterThan(1);
      });

      test.for(faults)(
        `${name} without retries is whole or absent, and can be repeated, after %s`,
        async (fault) => {
          const { before, after } = await unharmed(operate);
          for (let at = 1; ; at++) {
            const prefix = await filledStore();
            const store = await opened({ url: proxy.url, prefix, retries: 0 });
            await forgetScripts();
            proxy.arm(fault, at);
            const failure = await operate(store).then(
              () => undefined,
              (error) => error,
            );
            const { hasStruck } = proxy;
            proxy.heal();
            const about = `the fault met command ${at}`;
            const state = withoutStrays(await rawState(url, prefix));
            if (failure === undefined) expect(state, about).toEqual(after);
            else if (isMemoryError(failure, "WRITE_UNKNOWN"))
              expect([before, after], about).toContainEqual(state);
            else {
              expect(failure, about).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
              expect(state, about).toEqual(before);
            }
            await until("the client has connected again", () =>
              operate(store).then(
                () => true,
                () => false,
              ),
            );
            expect(await rawState(url, prefix), about).toEqual(after);
            await store.close();
            if (!hasStruck) break;
          }
        },
      );
    }

    test("a write is known or unknown, never wrong, wherever in the answer the connection is reset", async () => {
      const operate = struckWrites["a batch"];
      const { after } = await unharmed(operate);
      for (let at = 1; ; at++) {
        const prefix = await filledStore();
        const store = await opened({ url: proxy.url, prefix, retryDelayMs: 1 });
        proxy.armReset(at);
        await operate(store);
        const { hasStruck } = proxy;
        proxy.heal();
        expect(await rawState(url, prefix), `reset at byte ${at}`).toEqual(after);
        await store.close();
        if (!hasStruck) break;
      }
    });

    test.for<Fault>(["hold", "black-hole"])(
      "a write that is never answered is reported as unknown: %s",
      async (fault) => {
        const operate = struckWrites["a batch"];
        const { before, after } = await unharmed(operate);
        const prefix = await filledStore();
        const store = await openImpatientStore({
          ...{ ...modeOptions, runtime, url: proxy.url, prefix },
          ...{ retries: 1, retryDelayMs: 1, requestTimeoutMs: 200 },
        });
        proxy.arm(fault, 1);
        onTestFinished(() => proxy.heal());
        await expect(operate(store)).rejects.toMatchObject({ code: "WRITE_UNKNOWN" });
        await expect(store.count({ visibleTo: "all" })).rejects.toMatchObject({
          code: "STORAGE_UNAVAILABLE",
        });
        const state = withoutStrays(await rawState(url, prefix));
        expect([before, ...(fault === "hold" ? [after] : [])]).toContainEqual(state);
        proxy.heal();
        await until("the client has connected again", () =>
          operate(store).then(
            () => true,
            () => false,
          ),
        );
        expect(await rawState(url, prefix)).toEqual(after);
      },
    );
  });

/** Without the vectors that no record names: what an unfinished write may leave, and a repair takes away. */
function withoutStrays(state: RawState): RawState {
  const named = Object.entries(state).flatMap(([key, content]) =>
    key.startsWith(":r:") ? [`:v:${(content as { ptr?: string }).ptr}`] : [],
  );
  return Object.fromEntries(
    Object.entries(state).filter(([key]) => !key.startsWith(":v:") || named.includes(key)),
  );
}

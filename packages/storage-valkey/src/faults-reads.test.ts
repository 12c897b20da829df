import { inMemoryStorage, parseScope, type StorageBackend } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { type Fault, startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithServer } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { valkeyStorage } from "./valkey-storage.ts";

const held = Array.from({ length: 12 }, (_, i) =>
  sampleRecord(`r${i}`, { revision: i + 1, scope: i % 2 === 0 ? "/even" : "/odd" }),
);
const below = { ...everything, scopes: [parseScope("/even")] };
const { vector } = sampleRecord("query", { revision: 3 });

const questions: Record<string, (storage: StorageBackend) => Promise<unknown>> = {
  get: (storage) => storage.get(["r1", "r2", "nobody"], below),
  nearest: async (storage) =>
    (await storage.nearest({ vector, filter: below, limit: 3 })).map(({ record }) => record),
  list: (storage) => storage.list({ filter: below, limit: 3, offset: 1 }),
  count: (storage) => storage.count(below),
  scopes: async (storage) =>
    (await storage.scopes(below)).toSorted((a, b) => (a.scope < b.scope ? -1 : 1)),
  categories: (storage) => storage.categories(below),
};

for (const hasModule of [false, true])
  describeWithServer(
    `reads over a connection that fails, ${hasModule ? "with" : "without"} the Search module`,
    (url) => {
      async function started() {
        const target = hasModule ? (await startStandIn(url)).url : url;
        const proxy = await startFaultProxy({ target });
        onTestFinished(() => proxy.stop());
        const prefix = samplePrefix();
        const store = await openStore({ url: target, prefix });
        await store.write({ put: held, remove: [] });
        const model = inMemoryStorage();
        await model.open(sampleSpace);
        await model.write({ put: held, remove: [] });
        return {
          proxy,
          supports: store.supports,
          model,
          options: { url: proxy.url, prefix, retryDelayMs: 1 },
        };
      }

      test.for<Fault>(["cut-before", "cut-after", "half-reply"])(
        "every answer is right, whichever command meets %s",
        async (fault) => {
          const { proxy, model, options } = await started();
          const store = await openStore(options);
          for (const [name, ask] of Object.entries(questions)) {
            const expected = await ask(model);
            let at = 1;
            for (; ; at++) {
              proxy.arm(fault, at);
              expect(await ask(store), `${name}, the fault met command ${at}`).toEqual(expected);
              const { hasStruck } = proxy;
              proxy.heal();
              if (!hasStruck) break;
            }
            expect(at, name).toBeGreaterThan(1);
            expect(proxy.commands.includes("FT.SEARCH"), name).toBe(
              hasModule && name === "nearest",
            );
          }
        },
      );

      // Connecting again takes its time, and is the same with the module.
      test.for<Fault>(hasModule ? ["cut-after"] : ["cut-before", "cut-after", "half-reply"])(
        "a store opens, whichever command meets %s",
        async (fault) => {
          const { proxy, supports, options } = await started();
          for (let at = 1; ; at++) {
            const store = valkeyStorage({ ...options, searchConnections: 1 });
            proxy.arm(fault, at);
            expect(await store.open(sampleSpace), `the fault met command ${at}`).toEqual(
              sampleSpace,
            );
            const { hasStruck } = proxy;
            proxy.heal();
            expect(store.supports).toEqual(supports);
            expect(await store.count(everything)).toBe(held.length);
            await store.close();
            if (!hasStruck) break;
          }
        },
      );
    },
  );

async function startStandIn(target: string) {
  const standIn = await startSearchStandIn({ target });
  onTestFinished(() => standIn.stop());
  return standIn;
}

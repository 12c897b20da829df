import { parseScope, type StorageBackend } from "@unimem/core/storage";
import { GlideClient } from "@valkey/valkey-glide";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";

const many = 400;
const records = Array.from({ length: many }, (_, i) =>
  sampleRecord(`r${i}`, { revision: (i % 5) + 1, scope: `/s/${i % 50}` }),
);
const filter = { ...everything, scopes: [parseScope("/s")] };
const { vector } = sampleRecord("query");

/** Over `number` records each, in as many round trips at the most. */
const questions: Record<string, readonly [number, (store: StorageBackend, n: number) => unknown]> =
  {
    get: [1, (store, n) => store.get(records.slice(0, n).map(({ id }) => id))],
    list: [2, (store, n) => store.list({ filter, limit: n, offset: 0 })],
    count: [1, (store) => store.count(filter)],
    scopes: [2, (store) => store.scopes(filter)],
    categories: [1, (store) => store.categories(filter)],
    nearest: [4, (store, n) => store.nearest({ vector, filter, limit: n })],
    write: [1, (store, n) => store.write({ put: records.slice(0, n), remove: [] })],
  };

/** A client that counts what is asked of it. */
async function countingClient(url: string) {
  const { hostname, port } = new URL(url);
  const client = await GlideClient.createClient({
    addresses: [{ host: hostname, port: Number(port) }],
    // Where one runs out of time it is asked again, and counted twice.
    requestTimeout: patient.requestTimeoutMs,
  });
  onTestFinished(() => client.close());
  const asked: string[] = [];
  const commands = new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function" || name === "constructor") return value;
      return (...args: unknown[]) => {
        asked.push(String(name));
        return value.apply(target, args);
      };
    },
  });
  return { commands, asked };
}

describeWithOwnServers("round trips", () => {
  for (const hasModule of [false, true])
    test(`are as many for ${many} records as for ten, ${hasModule ? "with" : "without"} the Search module`, async () => {
      const server = await startValkeyServer({ appendonly: false });
      onTestFinished(() => server.stop());
      const standIn = await startSearchStandIn({ target: server.url });
      onTestFinished(() => standIn.stop());
      const { commands, asked } = await countingClient((hasModule ? standIn : server).url);
      for (const n of [10, many]) {
        const store = await openStore({ clients: { commands }, prefix: samplePrefix() });
        await store.write({ put: records.slice(0, n), remove: [] });
        for (const [name, [most, ask]] of Object.entries(questions)) {
          asked.splice(0);
          await ask(store, n);
          expect(asked.length, `${name} of ${n}: ${asked}`).toBeLessThanOrEqual(most);
        }
      }
    });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Fault, startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import {
  beginReembedding,
  embedPending,
  moved,
  newVector,
  otherSpace,
  reembed,
} from "./testing/reembed-sample.ts";
import type { Relay } from "./testing/relay.ts";
import { itemsOf, textOf } from "./testing/resp.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { rawState } from "./testing/stored-state.ts";
import { until } from "./testing/until.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";
import { valkeyStorage } from "./valkey-storage.ts";

const worker = fileURLToPath(new URL("testing/reembed-worker.ts", import.meta.url));
const isFull = process.env.UNIMEM_TESTS === "full";
const held = ["a", "bb", "ccc", "dddd", "eeeee"].map((id, i) =>
  sampleRecord(id, { revision: i + 1, scope: `/s/${i % 2}` }),
);
const ids = held.map(({ id }) => id);

interface Mode {
  readonly hasModule: boolean;
  readonly options: ValkeyStorageOptions;
  /** Stands for all faults where time is short. */
  readonly fault: Fault;
}
const modes: Record<string, Mode> = {
  "without the Search module": { hasModule: false, options: {}, fault: "cut-after" },
  "with the Search module": {
    hasModule: true,
    options: { search: "module" },
    fault: "cut-before",
  },
  "with an HNSW index": {
    hasModule: true,
    options: { search: "module", index: "hnsw" },
    fault: "cut-after",
  },
};

describeWithOwnServers("re-embedding", () => {
  let server: ValkeyServer;
  let standIn: Relay;
  beforeAll(async () => {
    server = await startValkeyServer({ appendonly: false });
    standIn = await startSearchStandIn({ target: server.url });
  });
  afterAll(async () => {
    await standIn.stop();
    await server.stop();
  });

  describe.for(Object.entries(modes))("%s", ([, { hasModule, options, fault: chosen }]) => {
    const target = () => (hasModule ? standIn.url : server.url);
    const opened = (given: ValkeyStorageOptions) => openStore({ ...options, ...given });

    async function filled(): Promise<string> {
      const prefix = samplePrefix();
      const store = await opened({ url: target(), prefix });
      await store.write({ put: held, remove: ["long gone"] });
      await store.close();
      return prefix;
    }

    /** That the store is in one space or the other as a whole, and that it can be taken on from there. */
    async function expectGoesOn(prefix: string): Promise<string> {
      const store = valkeyStorage({ ...options, url: target(), prefix, searchConnections: 0 });
      onTestFinished(() => store.close());
      const space = await store.open();
      const isThere = space?.embedder === otherSpace.embedder;
      expect(await store.get(ids)).toEqual(isThere ? held.map(moved) : held);
      expect(await store.count(everything)).toBe(held.length);
      await reembed(store);
      expect(await store.get(ids)).toEqual(held.map(moved));
      const { vector } = newVector({ id: "ccc", revision: 3 });
      const [best] = await store.nearest({ vector, filter: everything, limit: 1 });
      expect(best?.record.id).toBe("ccc");
      await expectNothingLeft(prefix);
      await store.close();
      return space?.embedder ?? "none";
    }

    /** Of the former space, and of the way to the new one: no field, no key, no index. */
    async function expectNothingLeft(prefix: string): Promise<void> {
      const state = await rawState(server.url, prefix);
      const keys = Object.keys(state).filter((key) => !/^:([zneskhr]:|la|gone|meta)/.test(key));
      const apart = keys.filter((key) => key.startsWith(":v:"));
      expect(keys).toEqual(apart);
      expect(apart).toHaveLength(options.index === "hnsw" ? held.length : 0);
      const suffix = (state[":meta"] as Record<string, string>).vectors;
      for (const id of ids) {
        const fields = Object.keys(state[`:r:${id}`] as object);
        const ofVectors = fields.filter((field) => /^(vec|ptr)\d*$/.test(field));
        const own = options.index === "hnsw" ? [] : [`vec${suffix}`];
        expect(ofVectors.sort()).toEqual([`ptr${suffix}`, ...own]);
      }
      if (!hasModule) return;
      const { send, close } = await connectValkey(standIn.url);
      const names = itemsOf(await send("FT._LIST")).map(textOf);
      close();
      expect(names.filter((name) => name.startsWith(`${prefix}:`))).toHaveLength(1);
    }

    test.for<Fault>(isFull ? ["cut-before", "cut-after", "half-reply"] : [chosen])(
      "broken off at any command, by %s, it leaves the store whole, and the next one goes on",
      async (fault) => {
        const outcomes = new Set<string>();
        for (let at = 1; ; at++) {
          const prefix = await filled();
          const proxy = await startFaultProxy({ target: target() });
          const store = await opened({ url: proxy.url, prefix, retries: 0 });
          proxy.arm(fault, at);
          await reembed(store, 2).catch((error) =>
            expect(error.code).toMatch(/WRITE_UNKNOWN|STORAGE_UNAVAILABLE/),
          );
          const { hasStruck } = proxy;
          await store.close();
          await proxy.stop();
          outcomes.add(await expectGoesOn(prefix));
          if (!hasStruck) break;
        }
        expect([...outcomes]).toEqual([sampleSpace.embedder, otherSpace.embedder]);
      },
    );

    // Each costs the start of a process.
    test.for(isFull ? Array.from({ length: 45 }, (_, i) => i + 5) : [20])(
      "a process that is killed at its command %i leaves the store whole",
      async (at) => {
        const prefix = await filled();
        const proxy = await startFaultProxy({ target: target() });
        onTestFinished(() => proxy.stop());
        proxy.arm("black-hole", at);
        const given = JSON.stringify({ ...options, url: proxy.url, prefix });
        const child = spawn(process.execPath, ["--no-warnings", worker, given]);
        const exit = once(child, "exit");
        await until("it is there", () => proxy.hasStruck || child.exitCode !== null);
        child.kill("SIGKILL");
        await exit;
        await expectGoesOn(prefix);
      },
    );

    test("writes of many handles at the moment of the switch are in the new space or refused", async () => {
      for (let round = 0; round < (isFull ? 20 : 3); round++) {
        const prefix = await filled();
        const store = await opened({ url: target(), prefix });
        const writers = await Promise.all(
          [1, 2, 3, 4].map(() => opened({ url: target(), prefix })),
        );
        const work = await beginReembedding(store);
        await embedPending(work);
        const puts = writers.map(async (writer, i) => {
          const put = [sampleRecord(`put ${i}`), sampleRecord("a", { revision: i + 2 })];
          await writer.write({ put, remove: [] });
          return put[0];
        });
        do await embedPending(work);
        while (!(await work.finish()));
        for (const outcome of await Promise.allSettled(puts)) {
          if (outcome.status === "rejected")
            expect(outcome.reason).toMatchObject({ code: "DIMENSION_MISMATCH" });
          else if (outcome.value !== undefined)
            expect(await store.get([outcome.value.id])).toEqual([moved(outcome.value)]);
        }
        for (const each of [store, ...writers]) await each.close();
      }
    });

    test("what is removed or changed meanwhile leaves no vector behind", async () => {
      const prefix = await filled();
      const store = await opened({ url: target(), prefix });
      const work = await beginReembedding(store);
      await embedPending(work);
      await store.write({ put: [sampleRecord("bb", { revision: 9 })], remove: ["a"] });
      expect(await store.remove({ ...everything, ids: ["ccc"] })).toBe(1);
      const state = await rawState(server.url, prefix);
      const changed = Object.keys(state[":r:bb"] as object);
      expect(changed.filter((field) => /^(vec|ptr)\d+$/.test(field))).toEqual([]);
      const apart = Object.keys(state).filter((key) => key.startsWith(":v:"));
      // Two records with two vectors each, and the one that changed.
      expect(apart).toHaveLength(options.index === "hnsw" ? 5 : 0);
      expect(await work.pending(9)).toMatchObject({ remaining: 1, total: 3 });
    });

    test("repair on the way keeps what is done and what is pending", async () => {
      const prefix = await filled();
      const store = valkeyStorage({ ...options, url: target(), prefix, searchConnections: 0 });
      onTestFinished(() => store.close());
      await store.open();
      const work = await beginReembedding(store);
      const { records } = await work.pending(2);
      await work.write(records.map(newVector));
      const before = await rawState(server.url, prefix);
      expect(await store.repair()).toBe(held.length);
      expect(await rawState(server.url, prefix)).toEqual(before);
      expect(await work.pending(9)).toMatchObject({ remaining: 3, total: 5 });
      await expectGoesOn(prefix);
    });
  });

  test("takes as many commands to switch 600 records as 5", async () => {
    const switching = async (size: number) => {
      const prefix = samplePrefix();
      const proxy = await startFaultProxy({ target: server.url });
      onTestFinished(() => proxy.stop());
      const store = await openStore({ url: proxy.url, prefix });
      const put = Array.from({ length: size }, (_, i) => sampleRecord(`r${i}`));
      await store.write({ put, remove: [] });
      const work = await beginReembedding(store);
      await embedPending(work, 1_000);
      proxy.arm("hold", Number.POSITIVE_INFINITY);
      expect(await work.finish()).toBe(true);
      // Afterwards the former vectors are freed, page by page.
      return proxy.commands.indexOf("SMEMBERS");
    };
    expect(await switching(600)).toBe(await switching(5));
  });
});

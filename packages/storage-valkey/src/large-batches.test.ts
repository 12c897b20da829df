import { createHash } from "node:crypto";
import { inMemoryStorage, parseScope, type StoredRecord } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { type Fault, startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { expectSameAnswers, type RawState, rawState } from "./testing/stored-state.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

async function started() {
  const server = await startValkeyServer({ appendonly: false });
  onTestFinished(() => server.stop());
  const { send, close } = await connectValkey(server.url);
  onTestFinished(close);
  return { url: server.url, send };
}

const held = [
  sampleRecord("changed", { scope: "/a" }),
  sampleRecord("newer", { scope: "/a", revision: 5 }),
  sampleRecord("removed", { scope: "/a/b", source: "alice", private: true }),
];

/** Some megabytes: more than fits into one script. */
const large = [
  sampleRecord("changed", { scope: "/c", revision: 2 }),
  sampleRecord("newer", { scope: "/z", revision: 4 }),
  ...Array.from({ length: 30 }, (_, i) => sampleRecord(`new-${i}`, { scope: `/s/${i % 4}` })),
].map((record): StoredRecord => ({ ...record, content: record.content.repeat(4_000) }));

/** Of what each key holds, in whatever order; but for the times at which ids were removed. */
function digests({ ":gone": _, ...state }: RawState) {
  return Object.entries(state).map(([key, content]) => {
    const fields = JSON.stringify(Object.entries(content as object).sort());
    return [key, createHash("sha256").update(fields).digest("hex")];
  });
}

const batch = { put: large, remove: ["removed", "never seen"] };

describeWithOwnServers("a batch of some megabytes", () => {
  test("is sent as one transaction of several scripts, and leaves what it leaves in memory", async () => {
    const { url } = await started();
    const proxy = await startFaultProxy({ target: url });
    onTestFinished(() => proxy.stop());
    const store = await openStore({ url: proxy.url });
    const model = inMemoryStorage();
    await model.open(sampleSpace);
    for (const storage of [store, model]) await storage.write({ put: held, remove: [] });
    proxy.arm("hold", 1_000);
    for (const storage of [store, model]) await storage.write(batch);
    const scripts = proxy.commands.filter((command) => command === "EVAL");
    expect(scripts.length).toBeGreaterThan(4);
    expect(proxy.commands).toEqual(["MULTI", ...scripts, "EXEC"]);
    await expectSameAnswers(store, model);
  });

  test.for<Fault>(["cut-before", "cut-after", "half-reply"])(
    "is whole or absent whichever of its commands meets %s, and whole when it is repeated",
    async (fault) => {
      const { url } = await started();
      const proxy = await startFaultProxy({ target: url });
      onTestFinished(() => proxy.stop());
      const run = async (retries: number, at: number) => {
        const prefix = samplePrefix();
        const store = await openStore({ url: proxy.url, prefix, retries, retryDelayMs: 1 });
        await store.write({ put: held, remove: [] });
        const before = await rawState(url, prefix);
        proxy.arm(fault, at);
        const failure = await store.write(batch).then(
          () => undefined,
          (error: unknown) => error,
        );
        const { hasStruck } = proxy;
        proxy.heal();
        await store.close();
        return { hasStruck, failure, before, after: await rawState(url, prefix) };
      };
      const expected = digests((await run(0, 1_000)).after);
      let at = 1;
      for (let hasStruck = true; hasStruck; at++) {
        const once = await run(0, at);
        if (once.failure === undefined) expect(digests(once.after)).toEqual(expected);
        else {
          expect(once.failure).toMatchObject({ code: "WRITE_UNKNOWN" });
          expect([digests(once.before), expected], `command ${at}`).toContainEqual(
            digests(once.after),
          );
        }
        const repeated = await run(5, at);
        expect(repeated.failure).toBe(undefined);
        expect(digests(repeated.after), `command ${at}`).toEqual(expected);
        hasStruck = once.hasStruck;
      }
      expect(at).toBeGreaterThan(7);
    },
  );

  test("is refused as a whole when memory is full, and says so", async () => {
    const { url, send } = await started();
    const store = await openStore({ url });
    await store.write({ put: held, remove: [] });
    await send("CONFIG", "SET", "maxmemory", "1");
    await expect(store.write(batch)).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      message: expect.stringContaining("memory is full"),
    });
    await send("CONFIG", "SET", "maxmemory", "0");
    expect(await store.get(["changed", "removed", "new-0"])).toEqual([held[0], held[2], undefined]);
  });

  test("is refused as a whole where the records are of another space", async () => {
    const { url } = await started();
    const prefix = samplePrefix();
    const former = valkeyStorage({ url, prefix });
    onTestFinished(() => former.close());
    await former.open({ ...sampleSpace, embedder: "another" });
    const store = await openStore({ url, prefix });
    await former.write({ put: held, remove: [] });
    const before = await rawState(url, prefix);
    await expect(store.write(batch)).rejects.toMatchObject({ code: "EMBEDDER_MISMATCH" });
    expect(await rawState(url, prefix)).toEqual(before);
  });

  test("counts every record once in the sets that thousands of them share", async () => {
    const { url } = await started();
    const prefix = samplePrefix();
    const store = await openStore({ url, prefix });
    const many = Array.from({ length: 5_000 }, (_, i) => sampleRecord(`r${i}`, { scope: "/s" }));
    for (const revision of [1, 2]) {
      await store.write({ put: many.map((each) => ({ ...each, revision })), remove: [] });
      const filter = { ...everything, scopes: [parseScope("/s")] };
      expect(await store.count(filter)).toBe(5_000);
      expect(await store.categories(filter)).toEqual(
        new Map([
          ["r1", 5_000],
          ["w0", 5_000],
        ]),
      );
    }
    await store.write({ put: [], remove: many.map(({ id }) => id) });
    expect(Object.keys(await rawState(url, prefix)).sort()).toEqual([":gone", ":meta"]);
  });

  test("is removed by a filter in bounded batches, and each says how far it has come", async () => {
    const { url } = await started();
    const store = await openStore({ url });
    const put = Array.from({ length: 1_200 }, (_, i) => sampleRecord(`r${i}`));
    await store.write({ put, remove: [] });
    const told: number[] = [];
    expect(await store.remove(everything, (removed) => told.push(removed))).toBe(1_200);
    expect(told.at(-1)).toBe(1_200);
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });
});

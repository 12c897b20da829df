import { inspect } from "node:util";
import { isMemoryError } from "@unimem/core/storage";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer, type ValkeyServerOptions } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

async function started(options: ValkeyServerOptions = {}) {
  const server = await startValkeyServer({ appendonly: false, ...options });
  onTestFinished(() => server.stop());
  const { send, close } = await connectValkey(server.url);
  onTestFinished(close);
  return { url: server.url, send };
}

/** That a call fails with this code and a message that helps; answers with the message. */
async function failure(call: Promise<unknown>, code: string): Promise<string> {
  const error = await call.then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  );
  expect(isMemoryError(error)).toBe(true);
  expect(error).toMatchObject({ code });
  // With all its causes.
  expect(inspect(error, { depth: 10 })).not.toContain("hunter2");
  return (error as Error).message;
}

describeWithOwnServers("a storage that the server refuses", () => {
  test("says that memory is full; reading and removing still work", async () => {
    const { url, send } = await started();
    const store = await openStore({ url });
    await store.write({ put: [sampleRecord("a"), sampleRecord("b")], remove: [] });
    await send("CONFIG", "SET", "maxmemory", "1");
    const writing = store.write({ put: [sampleRecord("c")], remove: [] });
    expect(await failure(writing, "STORAGE_UNAVAILABLE")).toContain("memory is full");
    expect(await store.count(everything)).toBe(2);
    expect(await store.remove({ visibleTo: "all", ids: ["a"] })).toBe(1);
    await store.write({ put: [], remove: ["b"] });
    expect(await store.count(everything)).toBe(0);
    await send("CONFIG", "SET", "maxmemory", "0");
    await store.write({ put: [sampleRecord("b"), sampleRecord("c")], remove: [] });
    expect(
      (await store.list({ filter: everything, limit: 9, offset: 0 })).map(({ id }) => id),
    ).toEqual(["c"]);
  });

  test("says that the server is a read-only replica", async () => {
    const { url, send } = await started();
    const store = await openStore({ url });
    await send("REPLICAOF", "127.0.0.1", "1");
    await send("CONFIG", "SET", "replica-serve-stale-data", "yes");
    const writing = store.write({ put: [sampleRecord("a")], remove: [] });
    expect(await failure(writing, "STORAGE_UNAVAILABLE")).toContain("read-only replica");
  });

  test("says that the password is wrong, at once, and does not repeat it", async () => {
    const { url } = await started({ password: "correct horse" });
    const { port } = new URL(url);
    for (const wrong of [`valkey://:hunter2@127.0.0.1:${port}`, `valkey://127.0.0.1:${port}`]) {
      const storage = valkeyStorage({ ...patient, url: wrong, retryDelayMs: 60_000 });
      onTestFinished(() => storage.close());
      const message = await failure(storage.open(sampleSpace), "STORAGE_UNAVAILABLE");
      expect(message).toContain("password");
    }
    const storage = await openStore({ url });
    expect(await storage.count(everything)).toBe(0);
  });

  test("says that there is no such database, at once", async () => {
    const { url } = await started();
    const storage = valkeyStorage({ ...patient, url: `${url}/99`, retryDelayMs: 60_000 });
    onTestFinished(() => storage.close());
    const message = await failure(storage.open(sampleSpace), "STORAGE_UNAVAILABLE");
    expect(message).toContain("no database");
  });

  test("says that nobody answers, and can be opened once somebody does", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    await server.kill();
    const storage = valkeyStorage({ url: server.url, retries: 1, retryDelayMs: 1 });
    onTestFinished(() => storage.close());
    const message = await failure(storage.open(sampleSpace), "STORAGE_UNAVAILABLE");
    expect(message).toContain("check that the server runs");
    await server.restart();
    expect(await storage.open(sampleSpace)).toBeNull();
  });

  test("says that the prefix is in use by something else", async () => {
    const { url, send } = await started();
    await send("SET", "mine:r:a", "a text");
    const store = await openStore({ url, prefix: "mine" });
    const writing = store.write({ put: [sampleRecord("a")], remove: [] });
    expect(await failure(writing, "STORAGE_CORRUPT")).toContain("prefix");
  });

  test("says that a server is no cluster", async () => {
    const { url } = await started();
    const asCluster = valkeyStorage({ ...patient, url, cluster: true, retries: 0 });
    onTestFinished(() => asCluster.close());
    expect(await failure(asCluster.open(sampleSpace), "STORAGE_UNAVAILABLE")).toContain(
      "cluster=true",
    );
  });

  test("says that a record is damaged", async () => {
    const { url, send } = await started();
    const store = await openStore({ url, prefix: "mine" });
    await store.write({ put: [sampleRecord("a")], remove: [] });
    await send("HSET", "mine:r:a", "json", "{");
    await failure(store.list({ filter: everything, limit: 1, offset: 0 }), "STORAGE_CORRUPT");
    await send("HSET", "mine:r:a", "json", Buffer.from([0xff]));
    await failure(store.list({ filter: everything, limit: 1, offset: 0 }), "STORAGE_CORRUPT");
  });
});

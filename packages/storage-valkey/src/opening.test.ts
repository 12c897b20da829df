import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isMemoryError } from "@unimem/core/storage";
import { GlideClient } from "@valkey/valkey-glide";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { openStore } from "./testing/opened-store.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers, describeWithServer } from "./testing/provided-server.ts";
import { isFailure, itemsOf, list, type RespValue, status, textOf } from "./testing/resp.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { translate } from "./testing/search-stand-in/search-commands.ts";
import {
  startModuleRelay,
  startSearchStandIn,
} from "./testing/search-stand-in/start-search-stand-in.ts";
import { until } from "./testing/until.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

describe("valkeyStorage before it is opened", () => {
  test.each([
    ["no URL", "localhost"],
    ["a prefix with a colon", { prefix: "a:b" }],
    ["an empty prefix", { prefix: "" }],
    ["no addresses", { addresses: [] }],
    ["a host without a name", { addresses: [{ host: "" }] }],
    ["a port that is none", { addresses: [{ host: "a", port: 70_000 }] }],
    ["a database that is none", { database: -1 }],
    ["a timeout that is none", { requestTimeoutMs: 0 }],
    ["retries that are none", { retries: 1.5 }],
    ["an unknown search", { search: "fast" }],
    ["an unknown index", { index: "tree" }],
    ["an index that is none", { index: { algorithm: "hnsw", m: 0 } }],
    ["an unknown layout", "valkey://localhost?layout=wide"],
    ["a layout over shards that are not there", "valkey://localhost?layout=spread"],
    ["a misspelt option", { prefx: "a" }],
    ["the options of another client", { host: "127.0.0.1", port: 6379 }],
    ["a misspelt option of an index", { index: { algorithm: "hnsw", M: 16 } }],
    ["nothing at all", undefined],
    ["a URL that is an object", new URL("valkey://localhost")],
    ["an address as text", { addresses: ["127.0.0.1:6379"] }],
    ["one address alone", { addresses: { host: "127.0.0.1" } }],
    ["a user without a password", { credentials: { username: "me" } }],
    ["TLS as text", { tls: "true" }],
    ["the path of a certificate", { tls: { ca: "/etc/ssl/ca.pem" } }],
    ["clients that are none", { clients: {} }],
    ["clients of another library", { clients: { commands: { get: () => {} } } }],
  ])("refuses %s", (_, options) => {
    expect(() => valkeyStorage(options as string)).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT" }),
    );
  });

  test("loads nothing of the client library", async () => {
    const index = new URL("./index.ts", import.meta.url);
    const script = `
      import module from "node:module";
      const { valkeyCache, valkeyStorage } = await import(${JSON.stringify(index.href)});
      valkeyStorage("valkey://nobody.invalid");
      valkeyCache("valkey://nobody.invalid");
      console.log(Object.keys(module._cache).filter((path) => path.includes("valkey-glide")).length);`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...["--input-type=module", "-e", script],
    ]);
    expect(stdout.trim()).toBe("0");
  });

  test("asks nobody, and is closed without having connected", async () => {
    const storage = valkeyStorage("valkey://nobody.invalid");
    await expect(storage.count(everything)).rejects.toMatchObject({ code: "CLOSED" });
    await storage.close();
    await expect(storage.open()).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describeWithServer("valkeyStorage", (url) => {
  test("takes what a URL says, and what is given beside it first", async () => {
    const prefix = samplePrefix();
    const byUrl = await openStore({ url: `${url}/1?prefix=${prefix}` });
    await byUrl.write({ put: [sampleRecord("a")], remove: [] });
    const byOptions = await openStore({ url: `${url}/1?prefix=other`, prefix });
    expect(await byOptions.count(everything)).toBe(1);
    const elsewhere = await openStore({ url: `${url}/1?prefix=${prefix}`, database: 2 });
    expect(await elsewhere.count(everything)).toBe(0);
  });

  test("two stores with prefixes that begin alike share nothing", async () => {
    const prefix = samplePrefix();
    const stores = await Promise.all(
      [prefix, `${prefix}.r`, `${prefix}-`].map((each) => openStore({ url, prefix: each })),
    );
    for (const [i, store] of stores.entries())
      await store.write({ put: [sampleRecord(`of ${i}`)], remove: [] });
    expect(await stores[0]?.remove(everything)).toBe(1);
    for (const store of stores.slice(1)) expect(await store.count(everything)).toBe(1);
  });

  async function ownClient(): Promise<GlideClient> {
    const { hostname, port } = new URL(url);
    const addresses = [{ host: hostname, port: Number(port) }];
    const { requestTimeoutMs: requestTimeout } = patient;
    const client = await GlideClient.createClient({ addresses, requestTimeout });
    onTestFinished(() => client.close());
    return client;
  }

  test("one client that was given is used for searches, too", async () => {
    const commands = await ownClient();
    const store = await openStore({ prefix: samplePrefix(), clients: { commands, search: [] } });
    await store.write({ put: [sampleRecord("a")], remove: [] });
    const { vector } = sampleRecord("a");
    expect(await store.nearest({ vector, filter: everything, limit: 1 })).toHaveLength(1);
  });

  test("clients that were given are used and left open", async () => {
    const [commands, searching] = [await ownClient(), await ownClient()];
    const storage = valkeyStorage({
      prefix: samplePrefix(),
      addresses: [{ host: "nobody.invalid" }],
      clients: { commands, search: [searching] },
    });
    await storage.open(sampleSpace);
    await storage.write({ put: [sampleRecord("a")], remove: [] });
    const { vector } = sampleRecord("a");
    expect(await storage.nearest({ vector, filter: everything, limit: 1 })).toHaveLength(1);
    await storage.close();
    expect(await commands.ping()).toBe("PONG");
    expect(await searching.ping()).toBe("PONG");
  });

  test("a process ends once its storage is closed", async () => {
    const module = new URL("./valkey-storage.ts", import.meta.url);
    const script = `
      const { valkeyStorage } = await import(${JSON.stringify(module.href)});
      const storage = valkeyStorage({ url: ${JSON.stringify(url)}, prefix: "${samplePrefix()}" });
      await storage.open({ dimensions: 4, embedder: "x" });
      await storage.close();
      console.log("closed");`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", script],
      { timeout: 120_000 },
    );
    expect(stdout).toContain("closed");
  });

  test("says once in a process that the Search module is missing", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    vi.resetModules();
    const fresh = await import("./valkey-storage.ts");
    for (let i = 0; i < 2; i++) {
      const storage = fresh.valkeyStorage({ url, prefix: samplePrefix() });
      await storage.open(sampleSpace);
      await storage.close();
    }
    const said = warn.mock.calls.filter(
      ([, options]) => (options as { code?: string }).code === "UNIMEM_VALKEY_NO_SEARCH",
    );
    expect(said).toHaveLength(1);
    expect(String(said[0]?.[0])).toContain("valkey/valkey-bundle");
  });

  test('search: "module" refuses a server without it', async () => {
    const storage = valkeyStorage({ url, prefix: samplePrefix(), search: "module" });
    onTestFinished(() => storage.close());
    await expect(storage.open(sampleSpace)).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
    await expect(storage.count(everything)).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("a store of a later version is refused and left alone", async () => {
    const prefix = samplePrefix();
    const { send, close } = await connectValkey(url);
    onTestFinished(close);
    await send("HSET", `${prefix}:meta`, "schema", "2");
    const storage = valkeyStorage({ url, prefix });
    onTestFinished(() => storage.close());
    await expect(storage.open(sampleSpace)).rejects.toMatchObject({ code: "STORAGE_CORRUPT" });
  });

  test("close waits for what is under way", async () => {
    const prefix = samplePrefix();
    const storage = await openStore({ url, prefix });
    const writing = Array.from({ length: 20 }, (_, i) =>
      storage.write({ put: [sampleRecord(`r${i}`)], remove: [] }),
    );
    await storage.close();
    await Promise.all(writing);
    expect(await (await openStore({ url, prefix })).count(everything)).toBe(20);
  });
});

/** What the module says of an index while it is on its way through the records. */
function asFilling(told: RespValue): RespValue {
  if (isFailure(told)) return told;
  const items = itemsOf(told);
  const at = items.findIndex((item) => "text" in item && item.text === "state") + 1;
  return list(items.with(at, status("backfill_in_progress")));
}

describeWithOwnServers("a storage with the Search module", () => {
  test("finds everything again after FLUSHDB took the index", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const storage = await openStore({ url: standIn.url, search: "module" });
    const { send, close } = await connectValkey(server.url);
    onTestFinished(close);
    const record = sampleRecord("a");
    for (let round = 0; round < 2; round++) {
      await storage.write({ put: [record], remove: [] });
      const [found] = await storage.nearest({
        vector: record.vector,
        filter: everything,
        limit: 1,
      });
      expect(found?.record.id).toBe("a");
      await send("FLUSHDB");
    }
    expect(await storage.nearest({ vector: record.vector, filter: everything, limit: 1 })).toEqual(
      [],
    );
  });

  test("waits until the index covers every record", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    let isFilling = true;
    let looks = 0;
    const relay = await startModuleRelay(server.url, (args, database) => {
      const translation = translate(args, database);
      if (translation === undefined || args[0]?.toUpperCase() !== "FT.INFO") return translation;
      looks++;
      return {
        ...translation,
        async answer(value) {
          const told = await translation.answer(value);
          return isFilling ? asFilling(told) : told;
        },
      };
    });
    onTestFinished(() => relay.stop());
    const record = sampleRecord("a");
    const store = await openStore({ url: relay.url });
    let isWritten = false;
    const writing = store.write({ put: [record], remove: [] }).then(() => {
      isWritten = true;
    });
    await until("it has looked some times", () => looks >= 4);
    expect(isWritten).toBe(false);
    isFilling = false;
    await writing;
    expect(
      await store.nearest({ vector: record.vector, filter: everything, limit: 1 }),
    ).toHaveLength(1);
  });

  test("makes the index again that FLUSHDB takes before it is ready", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const proxy = await startFaultProxy({ target: standIn.url });
    onTestFinished(() => proxy.stop());
    const { send, close } = await connectValkey(standIn.url);
    onTestFinished(close);
    const record = sampleRecord("a");
    const first = await openStore({ url: proxy.url, prefix: "first" });
    proxy.arm("hold", Number.POSITIVE_INFINITY);
    await first.write({ put: [record], remove: [] });
    const creation = proxy.commands.indexOf("FT.CREATE") + 1;
    const store = await openStore({ url: proxy.url, prefix: "second" });
    proxy.arm("hold", creation);
    const writing = store.write({ put: [record], remove: [] });
    const indexes = async () => itemsOf(await send("FT._LIST")).map(textOf);
    await until("the index is there", async () => (await indexes()).includes("second:i:v1:flat:4"));
    await send("FLUSHDB");
    proxy.heal();
    await writing;
    expect(await indexes()).toEqual(["second:i:v1:flat:4"]);
  });

  test("a vector of another width takes no index from the store", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const storage = await openStore({ url: standIn.url });
    const record = sampleRecord("a");
    await storage.write({ put: [record], remove: [] });
    const vector = Float32Array.of(0.6, 0.8);
    await expect(storage.nearest({ vector, filter: everything, limit: 1 })).rejects.toMatchObject({
      code: "DIMENSION_MISMATCH",
    });
    const { send, close } = await connectValkey(standIn.url);
    onTestFinished(close);
    expect(itemsOf(await send("FT._LIST")).map(textOf)).toEqual(["unimem:i:v1:flat:4"]);
    expect(
      await storage.nearest({ vector: record.vector, filter: everything, limit: 1 }),
    ).toHaveLength(1);
  });

  test("an emptied store that takes another width has one index, the new one", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const storage = await openStore({ url: standIn.url });
    await storage.write({ put: [sampleRecord("a")], remove: [] });
    await storage.remove(everything);
    await storage.open({ dimensions: 2, embedder: "small" });
    const vector = Float32Array.of(0.6, 0.8);
    await storage.write({ put: [{ ...sampleRecord("b"), vector }], remove: [] });
    const { send, close } = await connectValkey(standIn.url);
    onTestFinished(close);
    expect(itemsOf(await send("FT._LIST")).map(textOf)).toEqual(["unimem:i:v1:flat:2"]);
    expect(await storage.nearest({ vector, filter: everything, limit: 1 })).toHaveLength(1);
  });

  test("refuses an index of another width under its name", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const { send, close } = await connectValkey(standIn.url);
    onTestFinished(close);
    const index = ["unimem:i:v1:flat:4", "ON", "HASH", "PREFIX", "1", "unimem:r:", "SCHEMA"];
    const vector = ["vec", "VECTOR", "FLAT", "6", "TYPE", "FLOAT32", "DIM", "8"];
    await send("FT.CREATE", ...index, ...vector, "DISTANCE_METRIC", "COSINE");
    const storage = await openStore({ url: standIn.url });
    const writing = storage.write({ put: [sampleRecord("a")], remove: [] });
    await expect(writing).rejects.toSatisfy((error) => isMemoryError(error, "STORAGE_CORRUPT"));
  });

  test("refuses one of its name that covers other keys", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const { send, close } = await connectValkey(standIn.url);
    onTestFinished(close);
    const vector = [
      "VECTOR",
      "FLAT",
      "6",
      "TYPE",
      "FLOAT32",
      "DIM",
      "4",
      "DISTANCE_METRIC",
      "COSINE",
    ];
    const name = "unimem:i:v1:flat:4";
    await send("FT.CREATE", name, "ON", "HASH", "PREFIX", "1", "o:", "SCHEMA", "vec", ...vector);
    const store = await openStore({ url: standIn.url });
    const writing = store.write({ put: [sampleRecord("a")], remove: [] });
    await expect(writing).rejects.toMatchObject({ code: "STORAGE_CORRUPT" });
  });
});

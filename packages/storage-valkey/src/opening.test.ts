import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { describeWithServer } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
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

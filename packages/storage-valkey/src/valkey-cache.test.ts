import { isMemoryError } from "@unimem/core/storage";
import { manualRuntime } from "@unimem/core/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { testCache } from "./testing/cache-cases.ts";
import { startFaultProxy } from "./testing/fault-proxy.ts";
import { patient } from "./testing/patient.ts";
import { describeWithOwnServers, describeWithServer } from "./testing/provided-server.ts";
import { textOf } from "./testing/resp.ts";
import { samplePrefix } from "./testing/sample-record.ts";
import { until } from "./testing/until.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { type ValkeyCacheOptions, valkeyCache } from "./valkey-cache.ts";

/** So patient that a slow machine turns no value into a miss. */
function opened(options: ValkeyCacheOptions) {
  const cache = valkeyCache({ ...patient, prefix: samplePrefix(), ...options });
  onTestFinished(() => cache.close());
  return cache;
}

describeWithServer("valkeyCache", (url) => {
  testCache({
    name: "as every cache",
    async create(options) {
      const prefix = samplePrefix();
      const cache = opened({ url, prefix, ...options });
      return {
        cache,
        async outlive(ttlMs) {
          const { send, close } = await connectValkey(url);
          const key = `${prefix}:later`;
          await send("SET", key, "", "PX", String(ttlMs));
          await until("the time is over", async () => textOf(await send("EXISTS", key)) === "0");
          close();
        },
      };
    },
  });

  test("a value that somebody else wrote is missing, and no error", async () => {
    const { send, close } = await connectValkey(url);
    onTestFinished(close);
    const prefix = samplePrefix();
    const cache = opened({ url, prefix });
    await cache.set("ours", 1);
    await send("SET", `${prefix}:c:text`, '{"a":1}');
    await send("SET", `${prefix}:c:broken`, "unimem:1:{");
    await send("SET", `${prefix}:c:bytes`, Buffer.from([0xff, 0xfe, 0]));
    await send("HSET", `${prefix}:c:hash`, "a", "1");
    const keys = ["text", "broken", "bytes", "hash", "ours"];
    expect(await cache.getMany(keys)).toEqual([undefined, undefined, undefined, undefined, 1]);
    for (const key of keys.slice(0, 4)) expect(await cache.get(key)).toBeUndefined();
    expect(await cache.get("ours")).toBe(1);
  });

  test("two caches with one prefix share their values, with another they do not", async () => {
    const prefix = samplePrefix();
    const [a, b, other] = [
      opened({ url, prefix }),
      opened({ url: `${url}?prefix=${prefix}`, prefix }),
      opened({ url }),
    ];
    await a?.set("key", "value");
    expect(await b?.get("key")).toBe("value");
    expect(await other?.get("key")).toBeUndefined();
  });

  test("a closed cache finds nothing and rejects nothing", async () => {
    const cache = opened({ url });
    await cache.set("key", 1);
    await cache.close();
    await cache.close();
    await cache.set("key", 1);
    expect(await cache.get("key")).toBeUndefined();
    expect(await cache.delete("key")).toBe(false);
  });
});

describeWithOwnServers("valkeyCache where the server fails", () => {
  test("answers with misses, asks nothing until the pause is over, and then goes on", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const runtime = manualRuntime();
    const proxy = await startFaultProxy({ target: server.url });
    onTestFinished(() => proxy.stop());
    // With so little time it may miss at first, too, where the machine is slow.
    const cache = opened({ url: proxy.url, runtime, pauseMs: 5_000, requestTimeoutMs: 250 });
    await until("the value is kept", async () => {
      runtime.advance(5_000);
      await cache.set("key", 1);
      return (await cache.get("key")) === 1;
    });
    proxy.arm("black-hole", 1);
    expect(await cache.get("key")).toBeUndefined();
    proxy.heal();
    proxy.arm("cut-before", 1_000);
    runtime.advance(4_999);
    expect(await cache.get("key")).toBeUndefined();
    await cache.set("other", 2);
    expect(proxy.commands.filter((name) => name === "MGET" || name === "SET")).toEqual([]);
    await until("the client has connected again", async () => {
      runtime.advance(5_000);
      return (await cache.get("key")) === 1;
    });
    expect(await cache.get("other")).toBeUndefined();
  });

  test("a clock that is set back makes the pause no longer", async () => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const clock = manualRuntime();
    let setBack = 0;
    const runtime = { ...clock, now: () => new Date(clock.now().getTime() - setBack) };
    const proxy = await startFaultProxy({ target: server.url });
    onTestFinished(() => proxy.stop());
    const cache = opened({ url: proxy.url, runtime });
    await cache.set("key", 1);
    proxy.arm("cut-before", 1);
    expect(await cache.get("key")).toBeUndefined();
    proxy.heal();
    setBack = 24 * 60 * 60 * 1_000;
    await until("the client has connected again", async () => {
      clock.advance(10_000);
      return (await cache.get("key")) === 1;
    });
  });

  test("what will not pass by itself is said once, in a warning", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const server = await startValkeyServer({ appendonly: false, password: "right" });
    onTestFinished(() => server.stop());
    const { port } = new URL(server.url);
    const cache = opened({ url: `valkey://:hunter2@127.0.0.1:${port}`, pauseMs: 0 });
    await cache.set("key", 1);
    expect(await cache.get("key")).toBeUndefined();
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/cache.*password(?!.*hunter2)/), { code: "UNIMEM_VALKEY_CACHE" }],
    ]);
  });

  test("a server that is not there costs one attempt and no error", async () => {
    const server = await startValkeyServer({ appendonly: false });
    await server.stop();
    const runtime = manualRuntime();
    const cache = opened({ url: server.url, runtime });
    expect(await cache.get("key")).toBeUndefined();
    await cache.set("key", 1);
    expect(await cache.exists("key")).toBe(false);
  });
});

test("options that cannot be are refused, and no message holds the password", () => {
  for (const options of [
    { url: "valkey://:hunter2@host/x" },
    { url: "valkey://:hunter2@host?search=module" },
    { url: "valkey://:hunter2@host", prefix: "a:b" },
    { url: "valkey://:hunter2@host", ttlMs: 0 },
    { url: "valkey://:hunter2@host", pauseMs: -1 },
    { url: "valkey://:hunter2@host", ttl: 1_000 },
    { url: "valkey://:hunter2@host", retries: 1 },
    undefined,
  ]) {
    try {
      valkeyCache(options as ValkeyCacheOptions);
      expect.unreachable();
    } catch (error) {
      expect(isMemoryError(error, "INVALID_INPUT")).toBe(true);
      expect(String(error)).not.toContain("hunter2");
    }
  }
});

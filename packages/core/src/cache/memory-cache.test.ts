import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../domain/metadata.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { type MemoryCacheOptions, memoryCache } from "./memory-cache.ts";

function setUp(options: MemoryCacheOptions = {}) {
  const runtime = manualRuntime();
  return { runtime, cache: memoryCache({ runtime, ...options }) };
}

describe("memoryCache", () => {
  test("gives back any JSON value as it was, also null", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.jsonValue(), async (key, value) => {
        const { cache } = setUp();
        await cache.set(key, value as JsonValue);
        expect(JSON.stringify(await cache.get(key))).toBe(JSON.stringify(value));
        expect(await cache.exists(key)).toBe(true);
      }),
    );
  });

  test("knows what it does not hold", async () => {
    const { cache } = setUp();
    expect(await cache.get("a")).toBeUndefined();
    expect(await cache.exists("a")).toBe(false);
    expect(await cache.delete("a")).toBe(false);
    await cache.set("a", 1);
    expect(await cache.delete("a")).toBe(true);
    expect(await cache.get("a")).toBeUndefined();
  });

  test("gets and sets many at once, in the order of the keys", async () => {
    const { cache } = setUp();
    await cache.setMany([
      ["a", 1],
      ["b", { c: [2] }],
      ["a", 3],
    ]);
    expect(await cache.getMany(["b", "none", "a", "b"])).toEqual([
      { c: [2] },
      undefined,
      3,
      { c: [2] },
    ]);
    expect(await cache.getMany([])).toEqual([]);
  });

  test("lets nobody change what another is given", async () => {
    const { cache } = setUp();
    const value = { list: [1] };
    await cache.set("a", value);
    value.list.push(2);
    const given = (await cache.get("a")) as { list: number[] };
    given.list.push(3);
    expect(await cache.get("a")).toEqual({ list: [1] });
  });

  test("forgets what was unused for longest where there are too many", async () => {
    const { cache } = setUp({ maxEntries: 2 });
    await cache.setMany([
      ["a", 1],
      ["b", 2],
    ]);
    await cache.get("a");
    await cache.set("c", 3);
    expect(await cache.getMany(["a", "b", "c"])).toEqual([1, undefined, 3]);
  });

  test("forgets a value when its time is over, its own or the cache's", async () => {
    const { cache, runtime } = setUp({ ttlMs: 100 });
    await cache.set("usual", 1);
    await cache.set("short", 2, { ttlMs: 50 });
    await cache.setMany([["long", 3]], { ttlMs: 200 });
    const kept = () => cache.getMany(["usual", "short", "long"]);
    runtime.advance(49);
    expect(await kept()).toEqual([1, 2, 3]);
    runtime.advance(2);
    expect(await kept()).toEqual([1, undefined, 3]);
    expect(await cache.exists("short")).toBe(false);
    runtime.advance(50);
    expect(await kept()).toEqual([undefined, undefined, 3]);
    runtime.advance(100);
    expect(await kept()).toEqual([undefined, undefined, undefined]);
  });

  test("keeps a value for ever where no time is given, and starts anew with each set", async () => {
    const { cache, runtime } = setUp();
    await cache.set("a", 1);
    await cache.set("b", 1, { ttlMs: 10 });
    runtime.advance(9);
    await cache.set("b", 2, { ttlMs: 10 });
    runtime.advance(9);
    expect(await cache.get("b")).toBe(2);
    runtime.advance(1e12);
    expect(await cache.get("a")).toBe(1);
  });

  test("takes times that are no whole milliseconds", async () => {
    const { cache, runtime } = setUp({ ttlMs: 0.5 });
    await cache.set("a", 1);
    await cache.set("b", 1, { ttlMs: 1.5 });
    runtime.advance(3);
    expect(await cache.getMany(["a", "b"])).toEqual([undefined, undefined]);
  });

  test.each<[string, MemoryCacheOptions]>([
    ["maxEntries", { maxEntries: 0 }],
    ["maxEntries", { maxEntries: 1.5 }],
    ["maxEntries", { maxEntries: 1e9 }],
    ["ttlMs", { ttlMs: 0 }],
    ["ttlMs", { ttlMs: Number.POSITIVE_INFINITY }],
    ["options", { size: 1 } as MemoryCacheOptions],
  ])("refuses, naming %s, the options %j", (field, options) => {
    expect(() => memoryCache(options)).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", details: { field } }),
    );
  });

  test("refuses a time that is none before anything is kept", async () => {
    const { cache } = setUp();
    for (const ttlMs of [0, -1, Number.NaN]) {
      const refused = { code: "INVALID_INPUT", details: { field: "ttlMs" } };
      await expect(cache.set("a", 1, { ttlMs })).rejects.toMatchObject(refused);
      await expect(cache.setMany([["a", 1]], { ttlMs })).rejects.toMatchObject(refused);
    }
    expect(await cache.exists("a")).toBe(false);
  });
});

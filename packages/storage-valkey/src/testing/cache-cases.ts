import type { Cache, JsonValue } from "@unimem/core/storage";
import { describe, expect, test } from "vitest";

export interface CacheFixture {
  readonly name: string;
  /** A new cache with nothing in it. */
  create(options?: { ttlMs?: number }): Promise<CacheUnderTest>;
}

export interface CacheUnderTest {
  readonly cache: Cache;
  /** Resolves when values that were set to be kept for `ttlMs` are due to be gone. */
  outlive(ttlMs: number): Promise<void>;
}

const values: JsonValue[] = [
  null,
  true,
  0,
  -1.5e-7,
  "",
  "text",
  'quotes " and \\ and \n and \u0000 and 😀 and \ud800',
  [],
  [1, ["2", { three: 3 }]],
  {},
  JSON.parse('{"__proto__": 1, "a.b": null}'),
];

/** What every cache does, whoever keeps the values. */
export function testCache({ name, create }: CacheFixture): void {
  describe(name, () => {
    test("a value comes back as it was, whatever JSON it is", async () => {
      const { cache } = await create();
      for (const [i, value] of values.entries()) {
        await cache.set(`key ${i}`, value);
        expect(await cache.get(`key ${i}`)).toEqual(value);
        expect(await cache.exists(`key ${i}`)).toBe(true);
      }
    });

    test("what was never set is missing", async () => {
      const { cache } = await create();
      expect(await cache.get("nothing")).toBeUndefined();
      expect(await cache.exists("nothing")).toBe(false);
      expect(await cache.delete("nothing")).toBe(false);
      expect(await cache.getMany(["nothing", "nobody"])).toEqual([undefined, undefined]);
      expect(await cache.getMany([])).toEqual([]);
    });

    test("the last value that was set stands", async () => {
      const { cache } = await create();
      await cache.set("key", 1);
      await cache.set("key", 2);
      await cache.setMany([
        ["twice", 1],
        ["twice", 2],
      ]);
      expect(await cache.getMany(["key", "twice"])).toEqual([2, 2]);
    });

    test("a deleted value is gone, and the others stay", async () => {
      const { cache } = await create();
      await cache.setMany([
        ["a", 1],
        ["b", 2],
      ]);
      expect(await cache.delete("a")).toBe(true);
      expect(await cache.delete("a")).toBe(false);
      expect(await cache.getMany(["a", "b"])).toEqual([undefined, 2]);
    });

    test("many values are answered in the order of their keys, also where a key is asked for twice", async () => {
      const { cache } = await create();
      const entries = Array.from({ length: 300 }, (_, i) => [`key ${i}`, { i }] as const);
      await cache.setMany(entries);
      await cache.setMany([]);
      const asked = ["key 7", "nothing", "key 299", "key 7"];
      expect(await cache.getMany(asked)).toEqual([{ i: 7 }, undefined, { i: 299 }, { i: 7 }]);
      expect(await cache.getMany(entries.map(([key]) => key))).toEqual(
        entries.map(([, value]) => value),
      );
    });

    test("keys are plain texts: none reaches another", async () => {
      const { cache } = await create();
      const keys = ["", " ", "*", "a", "A", "a:b", "{a}", "é", "e\u0301", "\ud800", "\ufffd", "😀"];
      await cache.setMany(keys.map((key, i) => [key, i]));
      expect(await cache.getMany(keys)).toEqual(keys.map((_, i) => i));
    });

    test("what a caller changes after setting or getting does not reach the cache", async () => {
      const { cache } = await create();
      const value = { list: [1] };
      await cache.set("key", value);
      value.list.push(2);
      const found = (await cache.get("key")) as { list: number[] };
      found.list.push(3);
      expect(await cache.get("key")).toEqual({ list: [1] });
    });

    test("a value is gone when its time is over, and one with more time is not", async () => {
      const { cache, outlive } = await create();
      await cache.set("short", 1, { ttlMs: 20 });
      await cache.setMany([["also short", 1]], { ttlMs: 20 });
      await cache.set("long", 1, { ttlMs: 3_600_000 });
      await outlive(20);
      expect(await cache.getMany(["short", "also short", "long"])).toEqual([
        undefined,
        undefined,
        1,
      ]);
      expect(await cache.exists("short")).toBe(false);
    });

    test("without a time of its own a value is kept for the cache's", async () => {
      const { cache, outlive } = await create({ ttlMs: 20 });
      await cache.set("key", 1);
      await cache.set("longer", 1, { ttlMs: 3_600_000 });
      await outlive(20);
      expect(await cache.getMany(["key", "longer"])).toEqual([undefined, 1]);
    });

    test("a time that is not above zero, and a value that is no JSON, are refused", async () => {
      const { cache } = await create();
      for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
        await expect(cache.set("key", 1, { ttlMs })).rejects.toThrow(
          expect.objectContaining({ code: "INVALID_INPUT" }),
        );
      const cycle: unknown[] = [];
      cycle.push(cycle);
      for (const value of [undefined, 1n, cycle, () => 1])
        await expect(cache.set("key", value as unknown as JsonValue)).rejects.toThrow(
          expect.objectContaining({ code: "INVALID_INPUT" }),
        );
    });
  });
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cache } from "../cache/cache.ts";
import { memoryCache } from "../cache/memory-cache.ts";
import { MemoryError } from "../domain/memory-error.ts";
import { cosine, unitVector } from "../domain/vector.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { cachedEmbedder } from "./cached-embedder.ts";
import { embedTexts } from "./embed-texts.ts";
import type { Embedder, Embeddings } from "./embedder.ts";

const runtime = manualRuntime();
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const limits = { timeoutMs: 30_000, runtime };

function setUp(script?: Parameters<typeof scriptedEmbedder>[0]) {
  const embedder = scriptedEmbedder(script);
  const cache = memoryCache({ runtime });
  const entries: (readonly [string, unknown])[] = [];
  const watched: Cache = {
    ...cache,
    setMany: async (given, options) => {
      entries.push(...given);
      await cache.setMany(given, options);
    },
  };
  return { embedder, cache, entries, cached: cachedEmbedder(embedder, watched, { runtime }) };
}

/** An embedder with two dimensions that answers with these vectors, whatever it is asked. */
const answering = (vectors: unknown): Embedder => ({
  id: "test",
  dimensions: 2,
  embed: async () => ({ vectors }) as Embeddings,
});

describe("cachedEmbedder", () => {
  test("makes at most as many requests as the embedder does", () => {
    const requests = (texts: readonly string[]) => texts.length;
    const cached = cachedEmbedder({ ...answering([]), requests }, memoryCache({ runtime }));
    expect(cached.requests?.(["a", "b"])).toBe(2);
    expect(cachedEmbedder(answering([]), memoryCache({ runtime })).requests?.(["a", "b"])).toBe(1);
  });

  test("answers as the embedder does, in order, whatever was cached before", async () => {
    const texts = fc.array(fc.constantFrom("tea", "cup", "ten", "", "x"), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { maxLength: 5 }), async (calls) => {
        const { embedder, cached } = setUp();
        for (const texts of calls) {
          const own = (await embedder.embed(texts)).vectors;
          const { vectors } = await cached.embed(texts);
          expect(vectors).toHaveLength(texts.length);
          for (const [i, vector] of vectors.entries())
            expect(cosine(unitVector(vector), unitVector(own[i] as ArrayLike<number>))).toBeCloseTo(
              1,
              5,
            );
        }
      }),
    );
  });

  test("embeds only what it does not hold, and asks nobody where it holds all", async () => {
    const { embedder, cached } = setUp();
    await cached.embed(["tea"]);
    await cached.embed(["cup", "tea", "pot"]);
    expect(await cached.embed(["pot", "tea"])).toMatchObject({ tokens: 0 });
    expect(embedder.calls).toEqual([["tea"], ["cup", "pot"]]);
  });

  test("is the same embedder to everybody else", async () => {
    const { embedder, cached } = setUp();
    expect([cached.id, cached.dimensions]).toEqual([embedder.id, embedder.dimensions]);
  });

  test("keeps no text in the cache, and mixes no embedders", async () => {
    const { cache, entries, cached } = setUp();
    await cached.embed(["a secret"]);
    expect(JSON.stringify(entries)).not.toContain("secret");
    expect(entries[0]?.[0]).toMatch(/^letters\/27:[\w-]{43}$/);
    const other = { ...scriptedEmbedder(), id: "other" };
    await cachedEmbedder(other, cache, { runtime }).embed(["a secret"]);
    expect(other.calls).toHaveLength(1);
  });

  test("hands on the signal, and what the provider charged for", async () => {
    const seen: unknown[] = [];
    const { cached } = setUp(async (texts, signal) => {
      seen.push(signal);
      return { vectors: texts.map(() => new Array(27).fill(1)), tokens: 7 };
    });
    const { signal } = new AbortController();
    expect(await cached.embed(["tea"], { signal })).toMatchObject({ tokens: 7 });
    expect(seen).toEqual([signal]);
  });

  test.each<[string, unknown]>([
    ["another type", 7],
    ["another length", "AAAA"],
    ["a vector without length", Buffer.alloc(27 * 4).toString("base64")],
    ["numbers that are not finite", Buffer.alloc(27 * 4, 0xff).toString("base64")],
  ])("embeds anew what the cache holds in %s", async (_, value) => {
    const { embedder } = setUp();
    const cache = { ...memoryCache(), getMany: async () => [value] } as unknown as Cache;
    await cachedEmbedder(embedder, cache, { runtime }).embed(["tea"]);
    expect(embedder.calls).toEqual([["tea"]]);
  });
});

describe("cachedEmbedder, where the cache fails", () => {
  const failures: [string, () => unknown][] = [
    ["rejects", () => Promise.reject(new Error("connection refused"))],
    [
      "throws at once",
      () => {
        throw new Error("no connection");
      },
    ],
    ["answers with nothing", async () => undefined],
    ["answers with too little", async () => []],
  ];

  test.each(failures)("goes on without it where it %s", async (_, fail) => {
    const { embedder } = setUp();
    const cache = { ...memoryCache(), getMany: fail, setMany: fail } as unknown as Cache;
    const { vectors } = await cachedEmbedder(embedder, cache, { runtime }).embed(["tea", "cup"]);
    expect(vectors).toHaveLength(2);
  });

  test("goes on without one that is silent", async () => {
    const { embedder } = setUp();
    const silent = () => new Promise<never>(() => {});
    const cache = { ...memoryCache(), getMany: silent, setMany: silent } as Cache;
    const answer = cachedEmbedder(embedder, cache, { cacheTimeoutMs: 50, runtime }).embed(["tea"]);
    for (const ms of [50, 50]) {
      await turn();
      runtime.advance(ms);
    }
    expect((await answer).vectors).toHaveLength(1);
  });
});

describe("cachedEmbedder, where the embedder fails", () => {
  test("rejects as it does, and caches nothing", async () => {
    const error = new MemoryError("NOT_SUPPORTED", "Set a key.");
    const { cached, entries } = setUp(() => Promise.reject(error));
    await expect(cached.embed(["tea"])).rejects.toBe(error);
    expect(entries).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["too few vectors", [[1, 1]]],
    [
      "as many as all texts, not as were asked about",
      [
        [1, 1],
        [1, 0],
        [0, 1],
      ],
    ],
    ["no list", "vectors"],
    ["nothing", undefined],
  ])("refuses %s instead of giving a text the vector of another", async (_, vectors) => {
    const cache = memoryCache();
    await cachedEmbedder(answering([[1, 2]]), cache, { runtime }).embed(["tea"]);
    const cached = cachedEmbedder(answering(vectors), cache, { runtime });
    const answer = embedTexts(cached, ["tea", "cup", "pot"], limits);
    await expect(answer).rejects.toMatchObject({ code: "EMBEDDING_FAILED" });
  });

  test.each<[string, unknown, string]>([
    ["without direction", [[0, 0]], "EMBEDDING_FAILED"],
    ["that is not finite", [[Number.NaN, 1]], "EMBEDDING_FAILED"],
    ["of another width", [[1, 2, 3]], "DIMENSION_MISMATCH"],
  ])("caches no vector %s, so that it can be right the next time", async (_, vectors, code) => {
    const cache = memoryCache();
    const wrong = cachedEmbedder(answering(vectors), cache, { runtime });
    await expect(embedTexts(wrong, ["tea"], limits)).rejects.toMatchObject({ code });
    const right = cachedEmbedder(answering([[3, 4]]), cache, { runtime });
    expect(await embedTexts(right, ["tea"], limits)).toEqual([unitVector([3, 4])]);
  });

  test("keeps the direction of numbers that are too large for 32 bits", async () => {
    const cached = cachedEmbedder(answering([[3e300, 4e300]]), memoryCache(), { runtime });
    for (let i = 0; i < 2; i++)
      expect(await embedTexts(cached, ["tea"], limits)).toEqual([unitVector([3, 4])]);
  });
});

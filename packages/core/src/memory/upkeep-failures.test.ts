import { describe, expect, test } from "vitest";
import type { Cache } from "../cache/cache.ts";
import { memoryCache } from "../cache/memory-cache.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";
import type { MemoryEvents } from "./memory-events.ts";

const hour = 3_600_000;
const broken = () => Promise.reject(new Error("canary"));

/** A memory of which a part is broken, and what it tells of its upkeep. */
function memoryWith(
  storage: Partial<StorageBackend>,
  embeddingCache: Cache = memoryCache(),
  embedder = scriptedEmbedder(),
) {
  const runtime = manualRuntime();
  const memory = new Memory({
    storage: { ...inMemoryStorage({ runtime }), ...storage },
    embedder,
    embeddingCache,
    runtime,
  });
  const told: MemoryEvents["upkeep.failed"][] = [];
  memory.on("upkeep.failed", () => {
    throw new Error("a listener of no account");
  });
  memory.on("upkeep.failed", (event) => told.push(event));
  return { memory, runtime, told };
}

const failed = (task: string, what: string) => ({
  task,
  code: "STORAGE_UNAVAILABLE",
  message: expect.stringContaining(what),
});

describe("upkeep that fails is told by an event, and fails no call:", () => {
  test("removing what has expired, each time it is tried", async () => {
    const { memory, runtime, told } = memoryWith({ remove: broken });
    await memory.remember("canary", { scope: "/canary" });
    await memory.drainWrites();
    expect(told).toEqual([failed("expiry", "remove()")]);
    await memory.remember("a fact");
    await memory.drainWrites();
    expect(told).toHaveLength(1);
    runtime.advance(hour);
    await memory.remember("another");
    await memory.drainWrites();
    expect(told).toHaveLength(2);
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  test("noting what was recalled, also when the memory is closed", async () => {
    const { memory, runtime, told } = memoryWith({ touch: broken });
    await memory.remember("canary", { scope: "/canary" });
    expect(await memory.recall("canary")).toHaveLength(1);
    expect(told).toEqual([]);
    runtime.advance(30_000);
    await memory.drainWrites();
    expect(told).toEqual([failed("accesses", "touch()")]);
    expect(await memory.recall("canary")).toHaveLength(1);
    await memory.close();
    expect(told).toHaveLength(2);
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  test("what the storage does by itself", async () => {
    let fail: ((error: unknown) => void) | undefined;
    const { memory, told } = memoryWith({
      onUpkeepFailed: (listener) => {
        fail = listener;
      },
    });
    await memory.remember("a fact");
    fail?.(new Error("canary"));
    expect(told).toEqual([failed("storage", "upkeep")]);
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  test("a cache of embeddings that rejects, when it is asked and when it is given", async () => {
    const cache = { ...memoryCache(), getMany: broken, setMany: broken };
    const { memory, told } = memoryWith({}, cache);
    await memory.remember("canary");
    expect(told).toEqual([failed("cache", "cache"), failed("cache", "cache")]);
    expect(await memory.recall("canary")).toHaveLength(1);
    expect(told).toHaveLength(4);
    expect(JSON.stringify(told)).not.toContain("canary");
  });

  test("a cache of embeddings that is silent", async () => {
    const asked = Promise.withResolvers<void>();
    const getMany = () => {
      asked.resolve();
      return new Promise<never>(() => {});
    };
    const cache = { ...memoryCache(), getMany };
    const { memory, runtime, told } = memoryWith({}, cache);
    const saving = memory.remember("a fact");
    await asked.promise;
    runtime.advance(1000);
    await saving;
    expect(told).toEqual([failed("cache", "in time")]);
  });
});

test("upkeep that succeeds is no event, and a call that fails is none of upkeep", async () => {
  const silent = memoryWith({});
  await silent.memory.remember("a fact");
  await silent.memory.recall("fact");
  silent.runtime.advance(hour);
  await silent.memory.remember("another");
  await silent.memory.close();
  const failing = memoryWith({ write: broken }, memoryCache(), scriptedEmbedder());
  await expect(failing.memory.remember("a fact")).rejects.toThrow();
  const refusing = memoryWith({}, memoryCache(), scriptedEmbedder(broken));
  await expect(refusing.memory.remember("a fact")).rejects.toThrow();
  expect([...silent.told, ...failing.told, ...refusing.told]).toEqual([]);
});

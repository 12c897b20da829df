import { expect, test } from "vitest";
import { lexicalEmbedder } from "../embed/lexical-embedder.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";

// Shared, because two would give the same ids.
const runtime = manualRuntime();

/** A store that outlives the memories on it, filled by one with the lexical embedder. */
async function filledStore(): Promise<StorageBackend> {
  const storage: StorageBackend = { ...inMemoryStorage(), close: async () => {} };
  const memory = new Memory({ storage, embedder: lexicalEmbedder(), runtime });
  await memory.rememberMany(["Ada drinks tea.", "Bob drinks coffee."]);
  await memory.close();
  return storage;
}

function lettersMemory(storage: StorageBackend, embedder = scriptedEmbedder()): Memory {
  return new Memory({ storage, embedder, runtime });
}

test("another embedder is refused by every verb, and told of the ways out", async () => {
  const memory = lettersMemory(await filledStore());
  for (const call of [memory.remember("x"), memory.recall("x"), memory.count()])
    await expect(call).rejects.toMatchObject({
      code: "DIMENSION_MISMATCH",
      message: expect.stringMatching(
        /lexical-1\/512.*letters\/27.*Keep the embedder.*memory\.reembed\(\).*resetAll\(\)/s,
      ),
    });
});

test("reembed takes the store over, and the memory goes on with it", async () => {
  const storage = await filledStore();
  const memory = lettersMemory(storage);
  await expect(memory.count()).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
  const told: unknown[] = [];
  await memory.reembed({ onProgress: (progress) => told.push(progress) });
  expect(told).toEqual([
    { done: 0, total: 2 },
    { done: 2, total: 2 },
  ]);
  const [match] = await memory.recall("Ada drinks tea.");
  expect(match).toMatchObject({ record: { content: "Ada drinks tea.", revision: 1 } });
  expect(match?.similarity).toBeCloseTo(1, 6);
  await memory.remember("Cleo drinks water.");
  expect(await memory.count()).toBe(3);

  const former = new Memory({ storage, embedder: lexicalEmbedder() });
  await expect(former.count()).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
});

test("reembed waits for the writes before it, and those after it wait for it", async () => {
  const storage = inMemoryStorage();
  const embedder = scriptedEmbedder();
  const memory = lettersMemory(storage, embedder);
  const before = memory.remember("before");
  const reembedded = memory.reembed();
  const after = memory.remember("after");
  await Promise.all([before, reembedded, after]);
  expect(embedder.calls).toEqual([["before"], ["after"]]); // it was this embedder's store already
});

test("a failed reembed leaves the store to the former embedder, and may be called again", async () => {
  const storage = await filledStore();
  let isDown = true;
  const flaky = scriptedEmbedder(() => (isDown ? Promise.reject(new Error("down")) : undefined));
  const memory = lettersMemory(storage, flaky);
  await expect(memory.reembed()).rejects.toMatchObject({ code: "EMBEDDING_FAILED" });
  await expect(memory.count()).rejects.toMatchObject({ code: "DIMENSION_MISMATCH" });
  expect(await new Memory({ storage, embedder: lexicalEmbedder() }).count()).toBe(2);
  isDown = false;
  await memory.reembed();
  expect(await memory.count()).toBe(2);
});

test("an aborted signal, an unknown option and a storage that cannot are refused", async () => {
  const memory = lettersMemory(await filledStore());
  await expect(memory.reembed({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "ABORTED",
  });
  await expect(memory.reembed({ onprogress: () => {} } as never)).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
  await expect(memory.reembed({ onProgress: "often" } as never)).rejects.toMatchObject({
    details: { field: "onProgress" },
  });
  const { reembed: _, ...without } = inMemoryStorage();
  await expect(lettersMemory(without).reembed()).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
  await memory.close();
  await expect(memory.reembed()).rejects.toMatchObject({ code: "CLOSED" });
});

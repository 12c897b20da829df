import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryError } from "../domain/memory-error.ts";
import { type StoredRecord, withoutVector } from "../domain/memory-record.ts";
import { parseScope } from "../domain/scope.ts";
import { unitVector } from "../domain/vector.ts";
import { embedTexts } from "../embed/embed-texts.ts";
import { checkedStorage } from "../storage/checked-storage.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { type ScriptedEmbedder, scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { newRecord, parseDraft } from "./draft.ts";
import type { Embed } from "./embed-saves.ts";
import { type ReembedProgress, reembedRecords } from "./reembed-records.ts";

const oldSpace = { dimensions: 2, embedder: "old" };
const space = { dimensions: 27, embedder: "letters/27" };
const everything = { visibleTo: "all", state: "any" } as const;
const now = new Date("2026-01-01T00:00:00.000Z");

function record(id: string, content: string, given: Partial<StoredRecord> = {}): StoredRecord {
  const draft = { ...parseDraft(content, {}), vector: unitVector([1, 2]) };
  return { ...newRecord(draft, {}, { id, now, defaultImportance: 0.5 }), ...given };
}

async function filled(...records: StoredRecord[]): Promise<StorageBackend> {
  const storage = checkedStorage(inMemoryStorage());
  await storage.open(oldSpace);
  if (records.length > 0) await storage.write({ put: records, remove: [] });
  return storage;
}

const embedWith =
  (embedder: ScriptedEmbedder): Embed =>
  (texts, signal) =>
    embedTexts(embedder, texts, { timeoutMs: 1_000, runtime: manualRuntime(), signal });

const letters = embedWith(scriptedEmbedder());
const abc = () => filled(record("a", "apple"), record("b", "berry"), record("c", "cherry"));

test("afterwards every record is what it was but for its vector, which is that of its content", async () => {
  const someRecord = fc
    .record({
      content: fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
      scope: fc.constantFrom("/", "/a", "/a/b").map((path) => parseScope(path)),
      revision: fc.integer({ min: 1, max: 9 }),
      source: fc.constantFrom(null, "ada", "bob"),
      private: fc.boolean(),
      expiresAt: fc.constantFrom(null, new Date(0), new Date(8e15)),
      superseded: fc.option(fc.constant({ supersededBy: "r0", supersededAt: now })),
    })
    .map(({ superseded, ...given }) => ({ ...given, ...superseded }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(someRecord, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (given, batchSize) => {
        const held = given.map((each, i) => record(`r${i}`, "any", each));
        const storage = await filled(...held);
        await reembedRecords({ storage, space, embed: letters, batchSize });
        const found = (await storage.get(held.map(({ id }) => id))) as StoredRecord[];
        expect(found.map(withoutVector)).toEqual(held.map(withoutVector));
        const vectors = held.length === 0 ? [] : await letters(held.map(({ content }) => content));
        expect(found.map(({ vector }) => vector)).toEqual(vectors);
        expect(await storage.count(everything)).toBe(held.length);
      },
    ),
    { numRuns: 60 },
  );
});

test("the contents are embedded in batches, and progress is told before and after each", async () => {
  const embedder = scriptedEmbedder();
  const told: ReembedProgress[] = [];
  await reembedRecords({
    storage: await abc(),
    space,
    embed: embedWith(embedder),
    batchSize: 2,
    onProgress: (progress) => told.push(progress),
  });
  expect(embedder.calls).toEqual([["apple", "berry"], ["cherry"]]);
  expect(told).toEqual([
    { done: 0, total: 3 },
    { done: 2, total: 3 },
    { done: 3, total: 3 },
  ]);
});

test("a failure keeps what was embedded, and the next call goes on from there", async () => {
  const storage = await abc();
  let calls = 0;
  const broken = scriptedEmbedder(async () => {
    if (++calls > 1) throw new Error("no credit left");
    return { vectors: [new Array(27).fill(1), new Array(27).fill(2)] };
  });
  const failed = reembedRecords({ storage, space, embed: embedWith(broken), batchSize: 2 });
  await expect(failed).rejects.toMatchObject({ code: "EMBEDDING_FAILED" });
  expect(await storage.open(oldSpace)).toEqual(oldSpace);

  const embedder = scriptedEmbedder();
  await reembedRecords({ storage, space, embed: embedWith(embedder) });
  expect(embedder.calls).toEqual([["cherry"]]);
  expect(await storage.open(space)).toEqual(space);
});

test("a record that the embedder refuses is named by its id, and the others are embedded", async () => {
  const storage = await abc();
  const picky = scriptedEmbedder((texts) =>
    texts.includes("berry") ? Promise.reject(new Error("too long")) : undefined,
  );
  const error = await reembedRecords({ storage, space, embed: embedWith(picky) }).catch((e) => e);
  expect(error).toMatchObject({ code: "EMBEDDING_FAILED", cause: { code: "EMBEDDING_FAILED" } });
  expect(error.message).toContain('The record "b" could not be embedded');
  expect(error.message).not.toContain("berry");

  const embedder = scriptedEmbedder();
  await reembedRecords({ storage, space, embed: embedWith(embedder) });
  expect(embedder.calls).toEqual([["berry", "cherry"]]);
});

test("an embedder that is too slow is asked once, not once for every record", async () => {
  let calls = 0;
  const slow: Embed = async () => {
    calls++;
    throw new MemoryError("EMBEDDING_FAILED", "Too slow.", {
      cause: new DOMException("timed out", "TimeoutError"),
    });
  };
  const failed = reembedRecords({ storage: await abc(), space, embed: slow });
  await expect(failed).rejects.toMatchObject({ message: "Too slow." });
  expect(calls).toBe(1);
});

test("a signal ends it between two batches and keeps what was embedded", async () => {
  const storage = await abc();
  const stop = new AbortController();
  const aborted = reembedRecords({
    storage,
    space,
    embed: letters,
    batchSize: 1,
    signal: stop.signal,
    onProgress: ({ done }) => {
      if (done === 2) stop.abort();
    },
  });
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  expect((await (await storage.reembed?.(space))?.pending(9))?.remaining).toBe(1);
});

test("an onProgress that throws ends nothing", async () => {
  const storage = await abc();
  const onProgress = () => {
    throw new Error("a bug of the caller");
  };
  await reembedRecords({ storage, space, embed: letters, onProgress });
  expect(await storage.open(space)).toEqual(space);
});

test("where another handle wrote at the moment of the switch, it embeds that and tries again", async () => {
  const storage = await abc();
  const reembedding = await storage.reembed?.(space);
  if (reembedding === undefined) throw new Error("not supported");
  let attempts = 0;
  const contended: Pick<StorageBackend, "name" | "reembed"> = {
    name: "contended",
    reembed: async () => ({
      ...reembedding,
      async finish() {
        if (++attempts === 1)
          await storage.write({ put: [record("late", "latecomer")], remove: [] });
        return reembedding.finish();
      },
    }),
  };
  await reembedRecords({ storage: contended, space, embed: letters });
  expect(attempts).toBe(2);
  expect((await storage.get(["late"]))[0]?.vector).toHaveLength(27);
});

test("a storage that cannot re-embed says so", async () => {
  const refused = reembedRecords({ storage: { name: "plain" }, space, embed: letters });
  await expect(refused).rejects.toMatchObject({
    code: "NOT_SUPPORTED",
    message: expect.stringContaining('"plain"'),
  });
});

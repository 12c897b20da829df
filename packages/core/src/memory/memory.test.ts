import { describe, expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { unhandledDuring } from "../testing/unhandled-during.ts";
import { Memory } from "./memory.ts";
import type { MemoryOptions } from "./memory-options.ts";

const day = 24 * 60 * 60 * 1000;

function newMemory(options: Partial<MemoryOptions> = {}) {
  const runtime = manualRuntime();
  const embedder = scriptedEmbedder();
  const memory = new Memory({
    storage: inMemoryStorage({ runtime }),
    embedder,
    runtime,
    ...options,
  });
  return { memory, runtime, embedder };
}

describe("remember", () => {
  test("fills in what the caller leaves out", async () => {
    const { memory, runtime } = newMemory();
    expect(await memory.remember("Postgres it is")).toEqual({
      id: expect.any(String),
      content: "Postgres it is",
      scope: "/",
      categories: [],
      metadata: {},
      importance: 0.5,
      createdAt: runtime.now(),
      updatedAt: runtime.now(),
      lastAccessed: runtime.now(),
      source: null,
      private: false,
      revision: 1,
      supersededBy: null,
      supersededAt: null,
      expiresAt: null,
    });
  });

  test("keeps what the caller says, with the scope in its normal form", async () => {
    const { memory } = newMemory();
    const given = {
      categories: ["db"],
      metadata: { by: "Ada", votes: [1, 2] },
      importance: 0.9,
      source: "ada",
      private: true,
    };
    const record = await memory.remember("Postgres it is", { ...given, scope: "team//db/" });
    expect(record).toMatchObject({ ...given, scope: "/team/db" });
    expect(await memory.get(record.id, { source: "ada" })).toEqual(record);
  });

  test("of many at once makes one embedder call and one write", async () => {
    const storage = inMemoryStorage();
    const writes: number[] = [];
    const counted: StorageBackend = {
      ...storage,
      async write(batch) {
        writes.push(batch.put.length);
        await storage.write(batch);
      },
    };
    const { memory, embedder } = newMemory({ storage: counted });
    await Promise.all(Array.from({ length: 500 }, (_, i) => memory.remember(`fact ${i}`)));
    expect(embedder.calls).toHaveLength(1);
    expect(writes).toEqual([500]);
    expect(await memory.count()).toBe(500);
  });
});

describe("rememberMany", () => {
  test("lets the options of one content go before those of the call", async () => {
    const { memory } = newMemory();
    const items = ["a fact", { content: "another", scope: "/own", importance: undefined }];
    const records = await memory.rememberMany(items, { scope: "/shared", importance: 0.7 });
    expect(records.map(({ scope, importance }) => [scope, importance])).toEqual([
      ["/shared", 0.7],
      ["/own", 0.7],
    ]);
  });

  test("drops what repeats an earlier content of the call, and says so", async () => {
    const { memory } = newMemory();
    const dropped: unknown[] = [];
    memory.on("save.completed", (event) => dropped.push(...event.dropped));
    const records = await memory.rememberMany(["listen", "other", "silent"]);
    expect(records.map(({ content }) => content)).toEqual(["listen", "other"]);
    expect(dropped).toEqual([{ index: 2, duplicateOf: 0, similarity: expect.closeTo(1, 5) }]);
  });

  test("saves nothing of a call in which one content is refused, and names it", async () => {
    const { memory } = newMemory();
    await expect(
      memory.rememberMany(["good", { content: "bad", importance: 2 }]),
    ).rejects.toMatchObject({
      code: "INVALID_INPUT",
      details: { field: "contents[1].importance" },
    });
    expect(await memory.count()).toBe(0);
  });

  test("may be ignored although it fails: the failure is an event and nothing else", async () => {
    const unhandled = await unhandledDuring(async () => {
      const { memory } = newMemory({
        embedder: scriptedEmbedder(() => Promise.reject(new Error("no network"))),
      });
      const failed = Promise.withResolvers<string>();
      memory.on("save.failed", ({ code }) => failed.resolve(code));
      void memory.rememberMany(["lost"]);
      expect(await failed.promise).toBe("EMBEDDING_FAILED");
    });
    expect(unhandled).toEqual([]);
  });

  test("of nothing answers nothing", async () => {
    const { memory, embedder } = newMemory();
    expect(await memory.rememberMany([])).toEqual([]);
    expect(embedder.calls).toEqual([]);
  });
});

describe("recall", () => {
  test("sees what was accepted before it, although nobody waited", async () => {
    const { memory } = newMemory();
    void memory.rememberMany(["the cat sleeps", "quarterly budget"]);
    const matches = await memory.recall("cat", { limit: 1 });
    expect(matches.map(({ record }) => record.content)).toEqual(["the cat sleeps"]);
  });

  test("scores by the documented formula when the lexical weight is 0", async () => {
    const { memory, runtime } = newMemory({ lexicalWeight: 0 });
    await memory.remember("abc", { importance: 0.8 });
    runtime.advance(30 * day);
    const [match] = await memory.recall("abc");
    expect(match?.similarity).toBeCloseTo(1, 5);
    expect(match?.score).toBeCloseTo(0.5 * 1 + 0.3 * 0.5 + 0.2 * 0.8, 5);
    expect(match?.matchReasons).toEqual(["semantic", "importance"]);
  });

  test("hides private records from everyone but their source", async () => {
    const { memory } = newMemory();
    await memory.remember("ada's secret", { source: "ada", private: true });
    const seen = async (options: object) => (await memory.recall("secret", options)).length;
    expect([await seen({}), await seen({ source: "bob" }), await seen({ source: "ada" })]).toEqual([
      0, 0, 1,
    ]);
    expect([await seen({ includePrivate: true }), await memory.count()]).toEqual([1, 0]);
  });

  test("answers as of an earlier moment with what was current then", async () => {
    const { memory, runtime } = newMemory();
    const { id } = await memory.remember("we use mysql");
    runtime.advance(day);
    const before = runtime.now();
    runtime.advance(day);
    await memory.update(id, { content: "we use postgres" });
    const contents = async (options: object) =>
      (await memory.recall("we use", options)).map(({ record }) => record.content);
    expect(await contents({})).toEqual(["we use postgres"]);
    expect(await contents({ asOf: before })).toEqual(["we use mysql"]);
  });

  test("writes nothing until half a minute has passed, then notes the access", async () => {
    const { memory, runtime } = newMemory();
    const { id, lastAccessed } = await memory.remember("a fact");
    runtime.advance(1000);
    await memory.recall("fact");
    expect((await memory.get(id))?.lastAccessed).toEqual(lastAccessed);
    runtime.advance(30_000);
    expect((await memory.get(id))?.lastAccessed).toEqual(runtime.now());
  });

  test("does not fail because noting the access fails", async () => {
    const storage = inMemoryStorage();
    const { memory, runtime } = newMemory({
      storage: { ...storage, touch: () => Promise.reject(new Error("disk full")) },
    });
    await memory.remember("a fact");
    await memory.recall("fact");
    runtime.advance(30_000);
    expect(await memory.recall("fact")).toHaveLength(1);
    await memory.close();
  });

  test("is aborted by its signal although the embedder does not listen", async () => {
    const { memory } = newMemory({ embedder: scriptedEmbedder(() => new Promise(() => {})) });
    const controller = new AbortController();
    const recalled = memory.recall("anything", { signal: controller.signal });
    controller.abort();
    await expect(recalled).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("update", () => {
  test("changes what the patch names, raises the revision and keeps the old text in the history", async () => {
    const { memory, runtime } = newMemory();
    const first = await memory.remember("we use mysql", { scope: "/db", categories: ["tech"] });
    runtime.advance(day);
    const second = await memory.update(first.id, { content: "we use postgres", importance: 1 });
    expect(second).toEqual({
      ...first,
      content: "we use postgres",
      importance: 1,
      revision: 2,
      updatedAt: runtime.now(),
    });
    const history = await memory.history(first.id);
    expect(history.map(({ content, supersededBy }) => [content, supersededBy])).toEqual([
      ["we use mysql", first.id],
    ]);
    expect(await memory.count()).toBe(1);
  });

  test("embeds only when the content changes", async () => {
    const { memory, embedder } = newMemory();
    const { id } = await memory.remember("a fact");
    await memory.update(id, { importance: 1, scope: "/moved" });
    expect(embedder.calls).toHaveLength(1);
    expect(await memory.listScopes()).toEqual(["/moved"]);
  });

  test("of a record that is missing or not visible is NOT_FOUND either way", async () => {
    const { memory } = newMemory();
    const { id } = await memory.remember("mine", { source: "ada", private: true });
    const hidden = memory.update(id, { importance: 1 }, { source: "bob" });
    await expect(hidden).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(memory.update("nowhere", { importance: 1 })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("forget and reset", () => {
  test("forget takes the history of a forgotten record with it", async () => {
    const { memory } = newMemory();
    const { id } = await memory.remember("old text");
    await memory.update(id, { content: "new text" });
    expect(await memory.forget({ ids: [id] })).toBe(1);
    expect(await memory.history(id)).toEqual([]);
    expect(await memory.listRecords({ asOf: new Date("2100-01-01") })).toEqual([]);
  });

  test("forget leaves a sibling scope with the same beginning alone", async () => {
    const { memory } = newMemory();
    await memory.rememberMany([
      { content: "one", scope: "/app" },
      { content: "two", scope: "/apple" },
    ]);
    expect(await memory.forget({ scope: "/app" })).toBe(1);
    expect(await memory.listScopes()).toEqual(["/apple"]);
  });

  test("forget refuses a filter that says nothing", async () => {
    const { memory } = newMemory();
    await memory.remember("kept");
    for (const filter of [{}, { scope: undefined }, { source: "ada" }, { includePrivate: true }])
      await expect(memory.forget(filter)).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await memory.forget({ categories: [] })).toBe(0);
    expect(await memory.count()).toBe(1);
  });

  test("forget does not delete another source's private records", async () => {
    const { memory } = newMemory();
    await memory.rememberMany(["public", { content: "secret", source: "ada", private: true }], {
      scope: "/x",
    });
    expect(await memory.forget({ scope: "/x" })).toBe(1);
    expect(await memory.count("/", { source: "ada" })).toBe(1);
  });

  test("reset deletes a scope whole, private records included, and nothing else", async () => {
    const { memory } = newMemory();
    await memory.rememberMany([
      { content: "a", scope: "/x/y", source: "ada", private: true },
      { content: "b", scope: "/z" },
    ]);
    await memory.reset({ scope: "/x" });
    expect(await memory.count("/", { includePrivate: true })).toBe(1);
  });

  test("resetAll empties a store that another embedder wrote, and the memory can use it", async () => {
    const storage = inMemoryStorage();
    const { memory: first, runtime } = newMemory({ storage });
    await first.remember("old");
    const other = { ...scriptedEmbedder(), id: "other/27" };
    const { memory } = newMemory({ storage, embedder: other, runtime });
    await expect(memory.count()).rejects.toMatchObject({ code: "EMBEDDER_MISMATCH" });
    await memory.resetAll();
    await memory.remember("new");
    expect(await memory.count()).toBe(1);
  });
});

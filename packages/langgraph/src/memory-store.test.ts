import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Item } from "@langchain/langgraph-checkpoint";
import { inMemoryStorage, lexicalEmbedder, Memory } from "@unimem/core";
import { manualRuntime, scriptedEmbedder, scriptedModel } from "@unimem/core/testing";
import { lanceStorage } from "@unimem/lancedb";
import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "./memory-store.ts";

const ana = ["users", "ana"];

function fresh() {
  const runtime = manualRuntime();
  const embedder = scriptedEmbedder();
  const memory = new Memory({ storage: inMemoryStorage({ runtime }), embedder, runtime });
  return { runtime, embedder, memory, store: memoryStore(memory, { runtime }) };
}

describe("a put", () => {
  test("adds an item, and replaces it with another date when it comes again", async () => {
    const { store, runtime } = fresh();
    const createdAt = runtime.now();
    await store.put(ana, "tea", { text: "green", cups: 2 });
    expect(await store.get(ana, "tea")).toEqual({
      namespace: ana,
      key: "tea",
      value: { text: "green", cups: 2 },
      createdAt,
      updatedAt: createdAt,
    });
    runtime.advance(1000);
    await store.put(ana, "tea", { text: "black" });
    const replaced = { value: { text: "black" }, createdAt, updatedAt: runtime.now() };
    expect(await store.get(ana, "tea")).toMatchObject(replaced);
    runtime.advance(1000);
    await store.put(ana, "tea", { text: "black", cups: 3 }, ["text"]);
    expect((await store.get(ana, "tea"))?.updatedAt).toEqual(runtime.now());
  });

  test("of the same item at the same time leaves one item, through one store or two", async () => {
    const { memory, store } = fresh();
    const cups = Array.from({ length: 20 }, (_, i) => i);
    await Promise.all(cups.map((each) => store.put(ana, "tea", { each })));
    expect(await memory.count()).toBe(1);
    expect((await store.get(ana, "tea"))?.value).toEqual({ each: 19 });

    const another = memoryStore(memory);
    await Promise.all([store.put(ana, "new", { by: 1 }), another.put(ana, "new", { by: 2 })]);
    expect(await memory.count()).toBe(2);
    expect(await store.get(ana, "new")).toEqual(await another.get(ana, "new"));
  });

  test("that is not awaited is seen by what is asked after it", async () => {
    const { store } = fresh();
    const put = store.put(ana, "tea", { text: "green" });
    expect(await store.get(ana, "tea")).toMatchObject({ value: { text: "green" } });
    await put;
  });

  test("is never merged, dropped or changed by a model, nor merged into later", async () => {
    const llm = scriptedModel(() => ({
      drafts: [{ draft: 1, actions: [{ record: 1, action: "delete" }] }],
    }));
    const memory = new Memory({ storage: inMemoryStorage(), embedder: scriptedEmbedder(), llm });
    const store = memoryStore(memory);
    const same = { text: "green tea" };
    const keys = ["a", "b", "c"];
    await store.batch(keys.map((key) => ({ namespace: ana, key, value: same })));
    await store.put(ana, "d", same);
    const given = { categories: [], importance: 0.5, metadata: {} };
    await memory.remember(JSON.stringify(same), { scope: "/users/ana", ...given });
    expect((await store.search(ana)).map(({ key }) => key).sort()).toEqual(["a", "b", "c", "d"]);
    expect(llm.calls).toEqual([]);
  });

  test("embeds the new items of a batch in one call, and nothing where the text stays", async () => {
    const { store, embedder } = fresh();
    const index = ["text"];
    await store.batch([
      { namespace: ana, key: "a", value: { text: "green", cups: 1 }, index },
      { namespace: ana, key: "b", value: { text: "black" }, index },
    ]);
    expect(embedder.calls).toEqual([["green", "black"]]);
    await store.put(ana, "a", { text: "green", cups: 2 }, index);
    expect(embedder.calls.length).toBe(1);
  });

  test("of what is not JSON is refused, and stores nothing", async () => {
    const { memory, store } = fresh();
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    for (const value of [[1], new Map(), new Date(0), cycle, { big: 1n }, { none: undefined }, 7])
      await expect(store.put(ana, "k", value as Record<string, unknown>)).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
    expect(await memory.count()).toBe(0);
  });
});

test("a delete leaves nothing of an item, its history neither", async () => {
  const { memory, store } = fresh();
  await store.put(ana, "tea", { text: "green" });
  const [record] = await memory.listRecords();
  await store.put(ana, "tea", { text: "black" });
  expect((await memory.history(record?.id ?? "")).length).toBe(1);
  await store.delete(ana, "tea");
  expect(await memory.history(record?.id ?? "")).toEqual([]);
  expect(await store.get(ana, "tea")).toBeNull();
});

test("in a batch all reads come before the puts, and of two puts of one item the last stands", async () => {
  const { store } = fresh();
  await store.put(ana, "tea", { text: "old" });
  const answers = await store.batch([
    { namespace: ana, key: "tea", value: { text: "newer" } },
    { namespace: ana, key: "tea" },
    { namespacePrefix: ["users"] },
    { namespace: ana, key: "tea", value: { text: "newest" } },
    { namespace: ana, key: "tea", value: null },
    { namespace: ana, key: "coffee", value: { text: "none" } },
    { namespace: ana, key: "coffee", value: { text: "some" } },
  ]);
  const old = { key: "tea", value: { text: "old" } };
  expect(answers.slice(0, 4)).toMatchObject([undefined, old, [old], undefined]);
  expect(await store.search([])).toMatchObject([{ key: "coffee", value: { text: "some" } }]);
});

describe("a search with a query", () => {
  test("answers the best first, with falling scores, page by page", async () => {
    const memory = new Memory({ storage: inMemoryStorage(), embedder: lexicalEmbedder() });
    const store = memoryStore(memory, { fields: ["text"] });
    const texts = ["green tea with mint", "green tea", "the train leaves at noon"];
    await Promise.all(texts.map((text, i) => store.put(ana, `${i}`, { text })));
    const found = await store.search(["users"], { query: "green tea" });
    expect(found.map(({ key }) => key)).toEqual(["1", "0", "2"]);
    const scores = found.map(({ score }) => score as number);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const second = await store.search(["users"], { query: "green tea", limit: 1, offset: 1 });
    expect(second.map(({ key }) => key)).toEqual(["0"]);
  });

  test("applies the filter and the namespace before the limit, however many fit better", async () => {
    const { store } = fresh();
    const better = Array.from({ length: 100 }, (_, i) => ({
      namespace: i % 2 ? ana : ["users", "anabel"],
      key: `${i}`,
      value: { text: "green tea", year: 2020 },
    }));
    await store.batch(better);
    await store.put(ana, "rare", { text: "zzz", year: 2024 });
    const query = { query: "green tea", filter: { year: { $gt: 2020 } }, limit: 1 };
    expect(await store.search(ana, query)).toMatchObject([{ key: "rare" }]);
    expect(await store.search(["users", "anabel"], query)).toEqual([]);
    expect(await store.search(ana, { ...query, query: " " })).toMatchObject([{ key: "rare" }]);
  });

  test("finds by the indexed fields alone, and does not find what is not indexed", async () => {
    const memory = new Memory({ storage: inMemoryStorage(), embedder: lexicalEmbedder() });
    const store = memoryStore(memory);
    await store.put(ana, "a", { title: "tea", body: "train" }, ["title"]);
    await store.put(ana, "b", { title: "train", body: "tea" }, ["title"]);
    await store.put(ana, "c", { title: "train" }, false);
    await store.put(ana, "d", { title: "train" }, ["nothing.there"]);
    const found = await store.search(ana, { query: "train" });
    expect(found.map(({ key }) => key)).toEqual(["b", "a"]);
    expect((await store.search(ana, { filter: { title: "train" } })).length).toBe(3);
    expect(await store.get(ana, "c")).toMatchObject({ value: { title: "train" } });
  });
});

test("a filter that would be read otherwise than it was meant is refused", async () => {
  const { store } = fresh();
  const refused = [{ $nin: [1] }, { $regex: "x" }, { $gt: 1, plain: 2 }, {}, { $gt: undefined }];
  for (const condition of [...refused, { $gt: true }])
    await expect(store.search(ana, { filter: { n: condition } })).rejects.toMatchObject({
      name: "MemoryError",
    });
});

test("a store in a scope sees its part, and a wider one sees the same items under longer names", async () => {
  const { memory, store } = fresh();
  const part = memoryStore(memory.scope("/users/100%"));
  await part.put(["notes"], "tea", { text: "green" });
  await store.put(["notes"], "tea", { text: "elsewhere" });
  expect(await part.search([])).toMatchObject([{ namespace: ["notes"], key: "tea" }]);
  expect(await part.listNamespaces()).toEqual([["notes"]]);
  expect(await store.get(["users", "100%", "notes"], "tea")).toBeNull(); // that label is spelled 100%25
  expect(await store.search(["users"])).toMatchObject([{ namespace: ["users", "100%", "notes"] }]);

  await memoryStore(memory.scope("/users")).put(["ana"], "k", { n: 1 });
  expect(await store.get(ana, "k")).toMatchObject({ namespace: ana, value: { n: 1 } });
});

test("a store of a view that only reads refuses to write", async () => {
  const { memory } = fresh();
  const store = memoryStore(memory.scope("/users", { readOnly: true }));
  await expect(store.put(["ana"], "k", { n: 1 })).rejects.toMatchObject({ code: "READ_ONLY" });
});

test("items on disk are there again after closing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "unimem-langgraph-"));
  const open = () =>
    new Memory({ storage: lanceStorage({ uri: directory }), embedder: lexicalEmbedder() });
  try {
    const memory = open();
    const before = memoryStore(memory);
    await before.put(["a/b", "é%"], "k", { $key: "mine", n: 3, deep: { list: [1, null] } });
    await before.put(["a/b", "é%"], "k", { $key: "mine", n: 4, deep: { list: [1, null] } });
    await before.put(["a"], "k", { n: 5 });
    await memory.close();

    const again = open();
    const store = memoryStore(again);
    const value = { $key: "mine", n: 4, deep: { list: [1, null] } };
    expect(await store.get(["a/b", "é%"], "k")).toMatchObject({ value });
    const filter = { n: { $gte: 4 }, $key: { $ne: "other" } };
    expect(await store.search(["a/b"], { filter })).toMatchObject([{ value }]);
    expect(await store.search([], { filter, query: "mine", limit: 1 })).toMatchObject([{ value }]);
    expect(await store.listNamespaces()).toEqual([["a"], ["a/b", "é%"]]);
    await again.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("a batch asks the storage for many items at once, and answers each", async () => {
  const memory = new Memory({ storage: inMemoryStorage(), embedder: lexicalEmbedder() });
  const asked = vi.spyOn(memory, "listRecords");
  const store = memoryStore(memory);
  const items = Array.from({ length: 250 }, (_, i) => ({
    namespace: i % 2 === 0 ? ["even"] : ["even", "odd"],
    key: `${i % 125}`, // the same keys in both
  }));
  await store.batch(items.map((item, i) => ({ ...item, value: { i } })));
  await store.batch(items.map((item, i) => ({ ...item, value: { i: -i } })));
  const found = (await store.batch([
    ...items,
    { namespace: ["even"], key: "x" },
  ])) as (Item | null)[];
  expect(found.map((item) => item?.value.i)).toEqual([...items.map((_, i) => 0 - i), undefined]);
  expect(found.slice(0, -1)).toMatchObject(items);
  expect(found.at(-1)).toBeNull();
  expect(asked.mock.calls.length).toBeLessThanOrEqual(20);
});

import { describe, expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";

const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });

/** A storage that keeps the name of every call. */
function watched(storage: StorageBackend) {
  const calls: string[] = [];
  const note = (target: StorageBackend, name: string | symbol) => {
    const value = target[name as keyof StorageBackend];
    if (typeof value !== "function") return value;
    return (...args: unknown[]) => {
      calls.push(String(name));
      return (value as (...args: unknown[]) => unknown).apply(target, args);
    };
  };
  return { calls, storage: new Proxy(storage, { get: note }) };
}

async function filled() {
  const { calls, storage } = watched(inMemoryStorage());
  const embedder = scriptedEmbedder();
  const runtime = manualRuntime();
  const memory = new Memory({ storage, embedder, runtime });
  for (const content of [
    { content: "alpha plan", scope: "/alpha", categories: ["plan"] },
    { content: "alpha notes", scope: "/alpha/notes", categories: ["risk"] },
    { content: "beta plan", scope: "/beta", categories: ["plan"] },
    { content: "alphabet", scope: "/alphabet", categories: ["plan"] },
    { content: "hidden", scope: "/beta", source: "ada", private: true },
  ]) {
    await memory.rememberMany([content]);
    runtime.advance(1000);
  }
  calls.length = 0;
  return { memory, calls, embedder };
}

describe("a slice", () => {
  test("sees several scopes as one, newest first over all of them", async () => {
    const { memory } = await filled();
    const slice = memory.slice({ scopes: ["/beta", "/alpha"] });
    const contents = (await slice.listRecords()).map(({ content }) => content);
    expect(contents).toEqual(["beta plan", "alpha notes", "alpha plan"]);
    expect((await slice.listRecords({ limit: 1, offset: 1 })).map((r) => r.content)).toEqual([
      "alpha notes",
    ]);
    const found = (await slice.recall("plan")).map(({ record }) => record.content);
    expect(found.sort()).toEqual(contents.sort());
    expect(await slice.count("/", { source: "ada" })).toBe(4);
  });

  test("of ten scopes is one embedding and one search, ranked as the whole memory would", async () => {
    const { memory, calls, embedder } = await filled();
    const scopes = Array.from({ length: 8 }, (_, i) => `/empty/${i}`);
    const slice = memory.slice({ scopes: ["/alpha", "/beta", ...scopes] });
    const before = embedder.calls.length;
    const matches = await slice.recall("alpha plan", { limit: 3 });
    expect(embedder.calls.slice(before)).toEqual([["alpha plan"]]);
    expect(calls.sort()).toEqual(["matching", "nearest"]);
    expect(matches.map(({ score }) => score)).toEqual(
      matches.map(({ score }) => score).sort((a, b) => b - a),
    );
    calls.length = 0;
    await slice.tree();
    await slice.count();
    await slice.listRecords();
    await slice.listCategories();
    expect(calls).toEqual(["scopes", "count", "list", "categories"]);
  });

  test("counts a record in two of its scopes once, in trees too", async () => {
    const { memory } = await filled();
    const slice = memory.slice({ scopes: ["/alpha/notes", "/alpha", "/alpha"] });
    expect(await slice.count()).toBe(2);
    expect(await slice.recall("alpha")).toHaveLength(2);
    expect(await slice.listCategories()).toEqual({ plan: 1, risk: 1 });
    expect(await slice.info()).toMatchObject({ recordCount: 2, childScopes: ["/alpha"] });
    expect(await slice.tree()).toBe(
      "/ (2 records)\n  /alpha (2 records)\n    /alpha/notes (1 record)",
    );
  });

  test("has nothing where it does not reach, and knows no id from there", async () => {
    const { memory } = await filled();
    const slice = memory.slice({ scopes: ["/alpha", "/beta"] });
    const [outside] = await memory.listRecords({ scope: "/alphabet" });
    const id = outside?.id ?? "";
    expect(await slice.get(id)).toBeUndefined();
    expect(await slice.history(id)).toEqual([]);
    expect(await slice.recall("alphabet", { scope: "/alphabet" })).toEqual([]);
    expect(await slice.info("/alphabet")).toMatchObject({ recordCount: 0 });
    expect(await slice.listScopes()).toEqual(["/alpha", "/beta"]);
  });

  test("of a scope names its scopes, and gets its paths, relative to that scope", async () => {
    const { memory } = await filled();
    const slice = memory.scope("/alpha").slice({ scopes: ["notes"] });
    expect(await slice.listScopes()).toEqual(["/notes"]);
    expect((await slice.listRecords({ scope: "/notes" })).map(({ scope }) => scope)).toEqual([
      "/alpha/notes",
    ]);
  });

  test("selects its categories where a call names none, in every verb", async () => {
    const { memory } = await filled();
    const plans = memory.slice({ scopes: ["/alpha", "/beta"], categories: ["plan"] });
    expect(await plans.count()).toBe(2);
    expect((await plans.info()).recordCount).toBe(2);
    expect(await plans.listCategories()).toEqual({ plan: 2 });
    expect(await plans.recall("alpha")).toHaveLength(2);
    expect(await plans.recall("alpha", { categories: ["risk"] })).toHaveLength(1);
    const [risk] = await memory.listRecords({ categories: ["risk"] });
    expect(await plans.get(risk?.id ?? "")).toEqual(risk);
  });

  test.each<[string, object]>([
    ["scopes", { scopes: [] }],
    ["scopes", {}],
    ["scopes", { scopes: "/a" }],
    ["scopes", { scopes: ["/a", ".."] }],
    ["categories", { scopes: ["/a"], categories: "plan" }],
    ["readOnly", { scopes: ["/a"], readOnly: "no" }],
    ["options", { scopes: ["/a"], source: "ada" }],
  ])("is refused, naming %s, for %j", async (field, options) => {
    const { memory } = await filled();
    expect(() => memory.slice(options as never)).toThrow(refused(field));
  });
});

describe("remember in a slice", () => {
  test("is READ_ONLY unless the slice was made to write, before anything is embedded", async () => {
    const { memory, embedder } = await filled();
    const slice = memory.slice({ scopes: ["/alpha"] });
    const before = embedder.calls.length;
    expect(slice.readOnly).toBe(true);
    await expect(slice.remember("x", { scope: "/alpha" })).rejects.toMatchObject({
      code: "READ_ONLY",
    });
    expect(embedder.calls).toHaveLength(before);
  });

  test("needs a scope inside of the slice", async () => {
    const { memory } = await filled();
    const slice = memory.slice({ scopes: ["/alpha", "/beta"], readOnly: false });
    expect((await slice.remember("fits", { scope: "/alpha/new" })).scope).toBe("/alpha/new");
    for (const options of [
      undefined,
      {},
      { scope: undefined },
      { scope: "/" },
      { scope: "/alphabet" },
      { rootScope: "/alpha" },
      { rootScope: "/x", scope: "/alpha" },
    ])
      await expect(slice.remember("lost", options as never)).rejects.toEqual(refused("scope"));
    expect(await memory.count()).toBe(5);
  });

  test("tells a model of no scope but the one that is named", async () => {
    const asked: string[] = [];
    const llm = {
      id: "curious",
      async generate({ prompt }: { prompt: string }) {
        asked.push(prompt);
        return { value: {} };
      },
    };
    const storage = inMemoryStorage();
    const memory = new Memory({ storage, embedder: scriptedEmbedder(), llm });
    const all = { categories: ["secret plan"], importance: 0.5, metadata: {} };
    await memory.remember("outside", { scope: "/elsewhere", ...all });
    await memory
      .slice({ scopes: ["/alpha"], readOnly: false })
      .remember("inside", { scope: "/alpha" });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.join()).not.toMatch(/elsewhere|secret plan/);
  });
});

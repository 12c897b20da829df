import { describe, expect, test } from "vitest";
import type { LanguageModel } from "../model/language-model.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";
import type { MemoryOptions } from "./memory-options.ts";

const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });

function newMemory(options: Partial<MemoryOptions> = {}) {
  const embedder = scriptedEmbedder();
  const parts = { storage: inMemoryStorage(), embedder, runtime: manualRuntime() };
  return { memory: new Memory({ ...parts, ...options }), embedder };
}

/** Answers every question about drafts with one place. */
function placing(scope: string): LanguageModel & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    id: "placing",
    asked,
    async generate(request) {
      asked.push(request.prompt);
      const rest = { categories: null, importance: null, metadata: null };
      return { value: { drafts: [{ draft: 1, scope, ...rest }] } };
    },
  };
}

async function filled() {
  const { memory } = newMemory();
  const records = await memory.rememberMany([
    { content: "inside", scope: "/app", categories: ["plan"] },
    { content: "below", scope: "/app/web/css" },
    { content: "outside", scope: "/apple", categories: ["risk"] },
    { content: "at the top", scope: "/" },
  ]);
  const idOf = (content: string) => records.find((each) => each.content === content)?.id ?? "";
  return { memory, app: memory.scope("/app"), idOf };
}

describe("a scope", () => {
  test("is the whole memory of whoever holds it, and records tell their full scope", async () => {
    const { memory, app } = await filled();
    expect(app.path).toBe("/app");
    expect(await app.count()).toBe(2);
    const found = (await app.recall("anything")).map(({ record }) => record.scope);
    expect(found.sort()).toEqual(["/app", "/app/web/css"]);
    expect((await app.listRecords({ scope: "web" })).map(({ scope }) => scope)).toEqual([
      "/app/web/css",
    ]);
    expect(await app.listCategories()).toEqual({ plan: 1 });
    expect(await memory.count()).toBe(4);
  });

  test("answers with paths that it takes itself", async () => {
    const { app } = await filled();
    expect(await app.tree()).toBe("/ (2 records)\n  /web (1 record)\n    /web/css (1 record)");
    expect(await app.info()).toMatchObject({ path: "/", recordCount: 2, childScopes: ["/web"] });
    const [web = ""] = await app.listScopes();
    expect(await app.listScopes(web)).toEqual(["/web/css"]);
    expect(await app.info(web)).toMatchObject({ path: "/web", childScopes: ["/web/css"] });
    expect(await app.subscope(web).listScopes()).toEqual(["/css"]);
  });

  test("stores at its root what is remembered without a scope, and below it what is remembered with one", async () => {
    const { app } = await filled();
    expect((await app.remember("plain")).scope).toBe("/app");
    expect((await app.remember("placed", { scope: "/app" })).scope).toBe("/app/app");
    const many = await app.rememberMany(["many", { content: "one of", scope: "web" }], {
      rootScope: "/deep",
    });
    expect(many.map(({ scope }) => scope)).toEqual(["/app/deep", "/app/deep/web"]);
  });

  test("of a scope lies in both", async () => {
    const { memory } = await filled();
    const css = memory.scope("/app").subscope("/web").scope("css");
    expect(css.path).toBe("/app/web/css");
    expect((await css.recall("anything")).map(({ record }) => record.content)).toEqual(["below"]);
    expect((await css.remember("new", { scope: "/" })).scope).toBe("/app/web/css");
  });

  test("does not know the ids of what lies outside", async () => {
    const { memory, app, idOf } = await filled();
    await memory.update(idOf("outside"), { content: "changed outside" });
    const id = idOf("outside");
    expect(await app.get(id)).toBeUndefined();
    expect(await app.history(id)).toEqual([]);
    expect(await app.forget({ ids: [id] })).toBe(0);
    await expect(app.update(id, { importance: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await memory.history(id)).toHaveLength(1);
  });

  test("shows of a record that moved in only the texts that it had inside", async () => {
    const { memory, app, idOf } = await filled();
    const id = idOf("outside");
    await memory.update(id, { content: "moved in", scope: "/app" });
    await app.update(id, { content: "changed inside" });
    expect((await app.history(id)).map(({ content }) => content)).toEqual(["moved in"]);
    expect(await app.forget({ ids: [id] })).toBe(1);
    const left = await memory.listRecords({ scope: "/apple", asOf: new Date("2026-01-01") });
    expect(left.map(({ content }) => content)).toEqual(["outside"]);
    expect(await app.count("/", { asOf: new Date("2100-01-01") })).toBe(2);
  });

  test("moves records no further than its root", async () => {
    const { app, idOf } = await filled();
    const moved = await app.update(idOf("inside"), { scope: "/apple" });
    expect(moved.scope).toBe("/app/apple");
  });

  test("forgets and resets nothing outside", async () => {
    const { memory, app } = await filled();
    expect(await app.forget({ scope: "/web" })).toBe(1);
    expect(await app.forget({ createdAfter: new Date(0) })).toBe(1);
    await app.remember("again");
    await app.reset();
    expect(await app.count()).toBe(0);
    expect((await memory.listRecords()).map(({ content }) => content).sort()).toEqual([
      "at the top",
      "outside",
    ]);
  });

  test.each(["..", "/a/../..", "x/./y", "a\u0000b", "\ud800"])(
    "is not made of %j, nor does it take it as a path",
    async (path) => {
      const { memory, app } = await filled();
      expect(() => memory.scope(path)).toThrow(refused("path"));
      await expect(app.count(path)).rejects.toEqual(refused("path"));
      await expect(app.recall("x", { scope: path })).rejects.toEqual(refused("scope"));
      await expect(app.remember("x", { scope: path })).rejects.toEqual(refused("scope"));
      await expect(app.remember("x", { rootScope: path })).rejects.toEqual(refused("rootScope"));
      await expect(app.forget({ scope: path })).rejects.toEqual(refused("scope"));
      await expect(app.reset({ scope: path })).rejects.toEqual(refused("scope"));
    },
  );

  test("refuses options that it does not know", () => {
    const { memory } = newMemory();
    expect(() => memory.scope("/x", { source: "ada" } as never)).toThrow(refused("options"));
  });

  test("waits for what the memory has accepted, as a memory does", async () => {
    const { memory } = newMemory();
    void memory.rememberMany([{ content: "soon", scope: "/app" }]);
    expect(await memory.scope("/app").count()).toBe(1);
    void memory.rememberMany(["later"]);
    await memory.scope("/app").drainWrites();
    await memory.close();
    await expect(memory.scope("/app").count()).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describe("a model", () => {
  test("places nothing in a scope, where what has no scope lies at the root", async () => {
    const llm = placing("/elsewhere");
    const { memory } = newMemory({ llm });
    expect((await memory.scope("/app").remember("plain")).scope).toBe("/app");
    expect((await memory.remember("plain")).scope).toBe("/elsewhere");
    expect((await memory.as("ada").remember("hers")).scope).toBe("/elsewhere");
  });

  test("places below rootScope, of a memory or of a call, and hears of nothing else", async () => {
    const llm = placing("/elsewhere");
    const storage = inMemoryStorage();
    const { memory: whole } = newMemory({ storage });
    await whole.remember("unknown to others", { scope: "/hidden" });
    const { memory } = newMemory({ storage, llm, rootScope: "/tenant" });
    expect((await memory.remember("plain")).scope).toBe("/tenant/elsewhere");
    expect((await memory.remember("other", { rootScope: "/b" })).scope).toBe("/tenant/b/elsewhere");
    expect(llm.asked.join()).not.toContain("hidden");
  });
});

describe("a memory with rootScope", () => {
  test("is that scope: it sees, changes and empties nothing else", async () => {
    const storage = inMemoryStorage();
    const runtime = manualRuntime();
    const { memory: whole } = newMemory({ storage, runtime });
    const { id } = await whole.remember("other tenant", { scope: "/other" });
    const { memory } = newMemory({ storage, runtime, rootScope: "/tenant/" });
    expect(memory.path).toBe("/tenant");
    expect((await memory.remember("own", { scope: "/notes" })).scope).toBe("/tenant/notes");
    expect(await memory.get(id)).toBeUndefined();
    expect(await memory.tree()).toBe("/ (1 record)\n  /notes (1 record)");
    expect(memory.scope("/notes").path).toBe("/tenant/notes");
    await expect(memory.resetAll()).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
    await expect(memory.reembed()).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
    await memory.reset();
    expect(await memory.count()).toBe(0);
    expect(await whole.count()).toBe(1);
  });

  test("is refused where it is no scope", () => {
    expect(() => newMemory({ rootScope: "/a/.." })).toThrow(refused("rootScope"));
  });
});

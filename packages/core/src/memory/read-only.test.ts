import { expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";
import type { MemoryScope } from "./memory-scope.ts";

async function filled() {
  const storage = inMemoryStorage();
  const runtime = manualRuntime();
  const writing = new Memory({ storage, embedder: scriptedEmbedder(), runtime });
  const { id } = await writing.remember("a fact", { scope: "/team" });
  const embedder = scriptedEmbedder();
  const memory = new Memory({ storage, embedder, runtime, readOnly: true });
  return { writing, memory, embedder, runtime, id };
}

const isReadOnly = { status: "rejected", reason: { code: "READ_ONLY" } };

function writes(view: MemoryScope, id: string): Promise<unknown>[] {
  return [
    view.remember("new"),
    view.rememberMany(["new"]),
    view.rememberMany([]),
    view.update(id, { content: "changed" }),
    view.forget({ ids: [id] }),
    view.reset(),
  ];
}

test("a memory that only reads refuses every write, in all its views, and calls no embedder for it", async () => {
  const { writing, memory, embedder, id } = await filled();
  const views = [memory, memory.scope("/team"), memory.as("ada"), memory.scope("/").subscope("/x")];
  for (const view of views) {
    expect(view.readOnly).toBe(true);
    for (const outcome of await Promise.allSettled(writes(view, id)))
      expect(outcome).toMatchObject(isReadOnly);
  }
  await expect(memory.resetAll()).rejects.toMatchObject({ code: "READ_ONLY" });
  await expect(memory.reembed()).rejects.toMatchObject({ code: "READ_ONLY" });
  expect(embedder.calls).toEqual([]);
  expect(await memory.count()).toBe(1);
  expect(await writing.get(id)).toMatchObject({ content: "a fact", revision: 1 });
});

test("a scope that only reads refuses every write while the memory writes", async () => {
  const { writing, id } = await filled();
  const reading = writing.scope("/team", { readOnly: true });
  for (const view of [reading, reading.subscope("/x"), reading.as("ada")])
    for (const outcome of await Promise.allSettled(writes(view, id)))
      expect(outcome).toMatchObject(isReadOnly);
  expect(await reading.recall("fact")).toHaveLength(1);
  expect(writing.scope("/team").readOnly).toBe(false);
  expect((await writing.remember("more", { scope: "/team" })).scope).toBe("/team");
});

test("no view of what only reads can be made to write", async () => {
  const { memory } = await filled();
  const refused = expect.objectContaining({
    code: "INVALID_INPUT",
    details: { field: "readOnly" },
  });
  expect(() => memory.scope("/x", { readOnly: false })).toThrow(refused);
  expect(() => memory.slice({ scopes: ["/x"], readOnly: false })).toThrow(refused);
  expect(memory.slice({ scopes: ["/x"] }).readOnly).toBe(true);
});

test("a memory that only reads notes no access", async () => {
  const { writing, memory, runtime, id } = await filled();
  runtime.advance(1000);
  await memory.recall("fact");
  runtime.advance(60_000);
  expect((await writing.get(id))?.lastAccessed).toEqual(new Date("2026-01-01"));
});

test("an ignored rememberMany that is refused ends no process, and is told by an event", async () => {
  const { memory } = await filled();
  const codes: string[] = [];
  memory.on("save.failed", ({ code }) => codes.push(code));
  void memory.rememberMany(["lost"]);
  await new Promise((resolve) => setImmediate(resolve)); // unhandled rejections are reported after the tick
  expect(codes).toEqual(["READ_ONLY"]);
});

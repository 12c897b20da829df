import { describe, expect, test } from "vitest";
import type { Embeddings } from "../embed/embedder.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";

function memoryWith(
  script: Parameters<typeof scriptedEmbedder>[0],
  options: { queueLimit?: number } = {},
) {
  const runtime = manualRuntime();
  const memory = new Memory({
    storage: inMemoryStorage(),
    embedder: scriptedEmbedder(script),
    runtime,
    ...options,
  });
  return { memory, runtime };
}

const broken = (vectors: unknown) => async () => ({ vectors }) as Embeddings;

describe("bad input is refused with its code before anything is written", () => {
  const refused: [string, unknown, unknown?][] = [
    ["an empty content", ""],
    ["a blank content", " \n\t"],
    ["a content that is no string", 42],
    ["no content", undefined],
    ["half a surrogate pair", "\ud800"],
    ["an unknown option", "x", { scop: "/a" }],
    ["options that are no object", "x", "options"],
    ["a NaN importance", "x", { importance: Number.NaN }],
    ["an importance above 1", "x", { importance: 1.01 }],
    ["an importance below 0", "x", { importance: -0.01 }],
    ["a scope that climbs", "x", { scope: "/a/../b" }],
    ["a scope with a control character", "x", { scope: "/a\u0000b" }],
    ["a scope that is too long", "x", { scope: `/${"a".repeat(512)}` }],
    ["a scope that is no string", "x", { scope: 7 }],
    ["metadata that JSON cannot keep", "x", { metadata: { when: new Date() } }],
    ["a private memory of nobody", "x", { private: true }],
    ["a blank category", "x", { categories: [""] }],
    ["a signal that is none", "x", { signal: {} }],
  ];
  test.each(refused)("%s", async (_, content, options) => {
    const { memory } = memoryWith(undefined);
    const failures: string[] = [];
    memory.on("save.failed", ({ code }) => failures.push(code));
    await expect(memory.remember(content as string, options as object)).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
    expect(failures).toEqual(["INVALID_INPUT"]);
    expect(await memory.count()).toBe(0);
  });
});

describe("an embedder that misbehaves", () => {
  const cases: [string, Parameters<typeof scriptedEmbedder>[0], string][] = [
    ["throws", () => Promise.reject(new Error("429")), "EMBEDDING_FAILED"],
    [
      "throws at once",
      () => {
        throw new Error("no key");
      },
      "EMBEDDING_FAILED",
    ],
    ["answers too few vectors", broken([]), "EMBEDDING_FAILED"],
    ["answers without vectors", broken(undefined), "EMBEDDING_FAILED"],
    ["answers zero vectors", broken([new Array(27).fill(0)]), "EMBEDDING_FAILED"],
    ["answers NaN", broken([new Array(27).fill(Number.NaN)]), "EMBEDDING_FAILED"],
    ["answers another width", broken([[1, 2, 3]]), "DIMENSION_MISMATCH"],
  ];
  test.each(cases)("%s: the save is refused and nothing is written", async (_, script, code) => {
    const scripts = [script];
    const { memory } = memoryWith((texts, signal) => scripts.shift()?.(texts, signal));
    await expect(memory.remember("a fact")).rejects.toMatchObject({ code });
    expect(await memory.count()).toBe(0);
    await memory.remember("the next one is not harmed");
    expect(await memory.count()).toBe(1);
  });

  test("refuses one text: the saves that waited with it are kept", async () => {
    const { memory } = memoryWith((texts) =>
      texts.includes("bad") ? Promise.reject(new Error("refused")) : undefined,
    );
    const outcomes = await Promise.allSettled(
      ["good", "bad", "fine"].map((content) => memory.remember(content)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  test("is silent: the save fails after the timeout, and the next one is served", async () => {
    const { memory, runtime } = memoryWith((texts) =>
      texts.includes("hang") ? new Promise(() => {}) : undefined,
    );
    const hanging = memory.remember("hang");
    await Promise.resolve();
    const next = memory.remember("next");
    await drainMicrotasks();
    runtime.advance(30_000);
    await expect(hanging).rejects.toMatchObject({
      code: "EMBEDDING_FAILED",
      message: expect.stringContaining("30000 ms"),
    });
    await next;
    expect(await memory.count()).toBe(1);
  });

  test("is silent: the caller's signal ends the wait and frees the queue", async () => {
    const { memory } = memoryWith((texts) =>
      texts.includes("hang") ? new Promise(() => {}) : undefined,
    );
    const controller = new AbortController();
    const hanging = memory.remember("hang", { signal: controller.signal });
    await drainMicrotasks();
    controller.abort();
    await expect(hanging).rejects.toMatchObject({ code: "ABORTED" });
    await memory.remember("next");
    expect(await memory.count()).toBe(1);
  });
});

test("a signal aborted while the save waits keeps it from being written", async () => {
  const { memory } = memoryWith(undefined);
  const controller = new AbortController();
  const outcomes = Promise.allSettled([
    memory.remember("kept"),
    memory.remember("not wanted", { signal: controller.signal }),
  ]);
  controller.abort();
  expect((await outcomes).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(await memory.count()).toBe(1);
});

test("a full queue refuses the next save at once and says the limit", async () => {
  const { memory } = memoryWith(undefined, { queueLimit: 3 });
  const accepted = memory.rememberMany(["aa", "bb", "cc"]);
  await expect(memory.remember("dd")).rejects.toMatchObject({
    code: "QUEUE_FULL",
    details: { limit: 3 },
  });
  await accepted;
  await memory.remember("dd");
  expect(await memory.count()).toBe(4);
});

test("a save that is refused was never started", async () => {
  const { memory } = memoryWith(undefined, { queueLimit: 1 });
  const told: unknown[] = [];
  memory.on("save.started", ({ drafts }) => told.push(drafts));
  memory.on("save.failed", ({ code }) => told.push(code));
  await memory.rememberMany(["aa", "bb"]).catch(() => {});
  await memory.remember("cc");
  await memory.close();
  await memory.remember("dd").catch(() => {});
  expect(told).toEqual(["QUEUE_FULL", 1, "CLOSED"]);
});

test("a storage that fails rejects the save, tells of it without its content, and serves the next", async () => {
  const storage = inMemoryStorage();
  let failing = true;
  const flaky = {
    ...storage,
    write: (batch: Parameters<typeof storage.write>[0]) =>
      failing ? Promise.reject(new Error("disk full")) : storage.write(batch),
  };
  const memory = new Memory({ storage: flaky, embedder: scriptedEmbedder() });
  const events: unknown[] = [];
  memory.on("save.failed", (event) => events.push(event));
  await expect(memory.remember("canary", { scope: "/canary" })).rejects.toMatchObject({
    code: "STORAGE_UNAVAILABLE",
  });
  expect(JSON.stringify(events)).not.toContain("canary");
  failing = false;
  await memory.remember("canary");
  expect(await memory.count()).toBe(1);
});

test("a listener that throws or rejects harms nobody, and one that is removed hears nothing", async () => {
  const { memory } = memoryWith(undefined);
  const heard: string[] = [];
  memory.on("save.started", () => {
    throw new Error("listener");
  });
  memory.on("save.started", (() => Promise.reject(new Error("listener"))) as () => void);
  const stop = memory.on("save.started", () => heard.push("started"));
  memory.on("query.completed", ({ matches }) => heard.push(`found ${matches}`));
  await memory.remember("a fact");
  stop();
  await memory.remember("another");
  await memory.recall("fact");
  expect(heard).toEqual(["started", "found 2"]);
});

/** Lets everything run that waits for nothing but its turn. */
function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

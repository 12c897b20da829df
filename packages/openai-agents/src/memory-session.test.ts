import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentInputItem } from "@openai/agents-core";
import { inMemoryStorage, lexicalEmbedder, Memory } from "@unimem/core";
import { manualRuntime, scriptedEmbedder, scriptedModel } from "@unimem/core/testing";
import { lanceStorage } from "@unimem/lancedb";
import { describe, expect, test } from "vitest";
import { memorySession } from "./memory-session.ts";

const say = (content: string): AgentInputItem => ({ role: "user", content });
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => say(`${from + i}`));

function fresh() {
  const runtime = manualRuntime();
  const embedder = scriptedEmbedder();
  const memory = new Memory({ storage: inMemoryStorage({ runtime }), embedder, runtime });
  return { runtime, embedder, memory, session: memorySession(memory, { sessionId: "s", runtime }) };
}

describe("the order of items", () => {
  test("holds while the clock stands still, and when it goes back", async () => {
    const { memory, session } = fresh();
    await session.addItems(numbered(0, 30));
    await session.addItems(numbered(30, 60));
    const earlier = manualRuntime("2020-01-01T00:00:00.000Z");
    const behind = memorySession(memory, { sessionId: "s", runtime: earlier });
    await behind.addItems(numbered(60, 90));
    expect(await session.getItems()).toEqual(numbered(0, 90));
    expect(await session.getItems(35)).toEqual(numbered(55, 90));
    expect(await session.popItem()).toEqual(say("89"));
  });

  test("is that of the calls, also where nobody awaits them", async () => {
    const { session } = fresh();
    const calls = [session.addItems(numbered(0, 3)), session.addItems(numbered(3, 5))];
    const popped = session.popItem();
    calls.push(session.addItems([say("5")]));
    const all = session.getItems();
    expect(await popped).toEqual(say("4"));
    expect(await all).toEqual([...numbered(0, 4), say("5")]);
    await Promise.all(calls);
  });

  test("holds on disk, over several handles and after closing", async () => {
    const directory = mkdtempSync(join(tmpdir(), "unimem-agents-"));
    const open = () =>
      new Memory({ storage: lanceStorage({ uri: directory }), embedder: lexicalEmbedder() });
    try {
      const memories = [open(), open()];
      const [a, b] = memories.map((each) => memorySession(each, { sessionId: "s" }));
      await a?.addItems(numbered(0, 2));
      await b?.addItems(numbered(2, 4));
      await a?.addItems(numbered(4, 6));
      expect(await b?.popItem()).toEqual(say("5"));
      for (const each of memories) await each.close();
      const again = open();
      const session = memorySession(again, { sessionId: "s" });
      expect(await session.getItems()).toEqual(numbered(0, 5));
      await session.clearSession();
      expect(await again.count()).toBe(0);
      await again.close();
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

test("items that say the same are all kept, and no model is asked about them, now or later", async () => {
  const llm = scriptedModel(() => ({
    drafts: [{ draft: 1, actions: [{ record: 1, action: "delete" }] }],
  }));
  const memory = new Memory({ storage: inMemoryStorage(), embedder: scriptedEmbedder(), llm });
  const session = memorySession(memory, { sessionId: "s" });
  await session.addItems([say("yes"), say("yes")]);
  await session.addItems([say("yes")]);
  const given = { categories: [], importance: 0.5, metadata: {} };
  await memory.remember("yes", { scope: "/sessions/s", ...given });
  expect(await session.getItems()).toEqual([say("yes"), say("yes"), say("yes")]);
  expect(llm.calls).toEqual([]);
});

test("the items of one call are embedded in one call, each by the beginning of its text", async () => {
  const { session, embedder } = fresh();
  await session.addItems([
    say("😀".repeat(5000)),
    { role: "assistant", status: "completed", content: [{ type: "output_text", text: "Hello" }] },
    { type: "function_call", callId: "1", name: "weather", arguments: "{}" },
    { type: "function_call", callId: "2", name: "weather", arguments: '{"at":"sea"}' },
    { type: "reasoning", content: [{ type: "input_text", text: "hm" }] },
    { role: "user", content: [{ type: "input_image", image: "data:," }] },
  ]);
  const texts = ["😀".repeat(1000), "Hello", "function_call weather", "reasoning", "message"];
  expect(embedder.calls).toEqual([texts]);
});

test("what a session says is found by recall in its scope, and not outside of where it lies", async () => {
  const { memory, session } = fresh();
  await session.addItems([say("The harbour is frozen.")]);
  expect((await memory.recall("harbour", { scope: "/sessions/s" })).length).toBe(1);
  expect(await memory.recall("harbour", { scope: "/knowledge" })).toEqual([]);
});

test("private items are seen by their source alone, and by no other recall", async () => {
  const { memory } = fresh();
  const options = { sessionId: "s", private: true };
  const session = memorySession(memory.as("ana"), options);
  await session.addItems([say("The harbour is frozen.")]);
  expect(await memory.recall("harbour")).toEqual([]);
  expect(await memorySession(memory.as("ben"), options).getItems()).toEqual([]);
  expect((await memory.recall("harbour", { source: "ana" })).length).toBe(1);
  expect(await session.popItem()).toEqual(say("The harbour is frozen."));
  await expect(memorySession(memory, options).addItems([say("x")])).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
});

test("clearing a session leaves other sessions and other memories alone", async () => {
  const { memory, session } = fresh();
  await memory.remember("a note", { scope: "/sessions/s" });
  const other = memorySession(memory, { sessionId: "s2" });
  await other.addItems([say("there")]);
  await session.addItems([say("here")]);
  await session.clearSession();
  expect(await session.getItems()).toEqual([]);
  expect(await other.getItems()).toEqual([say("there")]);
  expect(await memory.count()).toBe(2);
});

test.each(["", ".", "..", "\ud800", 7])("the id %j is refused", (sessionId) => {
  const { memory } = fresh();
  expect(() => memorySession(memory, { sessionId: sessionId as string })).toThrow("sessionId");
});

test("an item that is none is refused, and one with odd content is kept as it is", async () => {
  const { session } = fresh();
  for (const odd of [null, "text", 7]) {
    const added = session.addItems([say("fine"), odd as unknown as AgentInputItem]);
    await expect(added).rejects.toMatchObject({ code: "INVALID_INPUT" });
  }
  const items = [null, ["part"], [null], undefined].map(
    (content) => ({ role: "assistant", content }) as unknown as AgentInputItem,
  );
  await session.addItems(items);
  expect(await session.getItems()).toEqual(items);
});

test("what JSON would change is refused, and nothing of the call is stored", async () => {
  const { session } = fresh();
  const cycle: unknown[] = [];
  cycle.push(cycle);
  for (const odd of [new Uint8Array(2), new Date(0), Number.NaN, cycle, [undefined], () => 1]) {
    const item = { type: "unknown", providerData: { odd } } as AgentInputItem;
    const added = session.addItems([say("fine"), item]);
    await expect(added).rejects.toMatchObject({ code: "INVALID_INPUT" });
  }
  expect(await session.getItems()).toEqual([]);
});

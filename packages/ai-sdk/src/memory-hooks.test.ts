import { generateText, isStepCount, streamText, ToolLoopAgent, tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AgentMemory } from "./agent-memory.ts";
import { memoryHooks } from "./memory-hooks.ts";
import { expectAllHandled } from "./testing/expect-all-handled.ts";
import { scriptedAgentModel, shownTo } from "./testing/scripted-agent-model.ts";
import { testMemory } from "./testing/test-memory.ts";
import { turnMemory } from "./turn-memory.ts";
import { withMemory } from "./with-memory.ts";

expectAllHandled();

const rex = "Ana's dog is called Rex.";
const prompt = "What is Ana's dog called?";
const lookUp = tool({ inputSchema: z.object({ n: z.number() }), execute: async ({ n }) => n });

async function filled() {
  const test = testMemory();
  await test.memory.remember(rex);
  return test;
}

describe("with a ToolLoopAgent", () => {
  test("a turn of five steps is recalled for once and stored once", async () => {
    const { memory, contents } = await filled();
    const recalls: string[] = [];
    const hooks = memoryHooks({
      memory,
      onRetrieval: ({ type, query }) => {
        if (type === "retrieval.started") recalls.push(query);
      },
    });
    const model = scriptedAgentModel((_, i) =>
      i < 4 ? { toolName: "lookUp", input: { n: i } } : "Rex.",
    );
    const agent = new ToolLoopAgent({
      model,
      instructions: "Be brief.",
      tools: { lookUp },
      prepareCall: hooks.prepareCall,
      onEnd: hooks.onEnd,
    });
    expect((await agent.generate({ prompt })).text).toBe("Rex.");
    await hooks.drain();
    expect(recalls).toEqual([prompt]);
    expect(new Set(shownTo(model)).size).toBe(1);
    expect(shownTo(model)[4]).toMatch(/^<memories>\n.*called Rex.*\n<\/memories>\n\nWhat is/s);
    expect(shownTo(model, "system")[0]).toBe("Be brief.");
    expect(await contents()).toEqual([rex, "Assistant: Rex.", `User: ${prompt}`]);
  });

  test("what hooks have shown is nothing that the user said, also to a model with a memory", async () => {
    const { memory, contents } = await filled();
    const hooks = memoryHooks({ memory, remember: false });
    const queries: string[] = [];
    const model = withMemory(
      scriptedAgentModel(() => "Rex."),
      { memory, onRetrieval: ({ query }) => queries.push(query) },
    );
    await new ToolLoopAgent({ model, ...hooks }).generate({ prompt });
    await model.drain();
    expect(new Set(queries)).toEqual(new Set([prompt]));
    expect(await contents()).toEqual([rex, "Assistant: Rex.", `User: ${prompt}`]);

    const turn = await turnMemory({ memory }).begin(prompt);
    await generateText({ model, prompt: `${turn.block}\n\n${prompt}` });
    await generateText(await hooks.prepareCall({ model, prompt: `${turn.block}\n\n${prompt}` }));
    expect(new Set(queries)).toEqual(new Set([prompt]));
  });

  test("a loop that is stopped before its answer still stores what the user said", async () => {
    const { memory, contents } = testMemory();
    const hooks = memoryHooks({ memory });
    const model = scriptedAgentModel(() => ({ toolName: "lookUp", input: { n: 1 } }));
    const agent = new ToolLoopAgent({
      model,
      tools: { lookUp },
      stopWhen: isStepCount(2),
      ...hooks,
    });
    await agent.generate({ prompt: "I live in Lisbon." });
    await hooks.drain();
    expect(await contents()).toEqual(["User: I live in Lisbon."]);
  });

  test("streams, and stores at the end", async () => {
    const { memory, contents } = await filled();
    const hooks = memoryHooks({ memory });
    const model = scriptedAgentModel(() => "Rex, I think.");
    const agent = new ToolLoopAgent({ model, ...hooks });
    const { textStream } = await agent.stream({
      messages: [
        { role: "user", content: "Hi." },
        { role: "assistant", content: "Hello." },
        { role: "user", content: [{ type: "text", text: prompt }] },
      ],
    });
    let text = "";
    for await (const delta of textStream) text += delta;
    expect(text).toBe("Rex, I think.");
    await hooks.drain();
    expect(shownTo(model)[0]).toMatch(/^Hi\.\n---\n<memories>.*<\/memories>\nWhat is/s);
    expect(await contents()).toEqual([rex, "Assistant: Rex, I think.", `User: ${prompt}`]);
  });

  test("each call may have a memory of its own, chosen by the application", async () => {
    const stores = { ana: testMemory(), ben: testMemory() };
    const hooks = memoryHooks<{ user: "ana" | "ben" }>({
      memory: ({ options }) => stores[options.user].memory,
    });
    const model = scriptedAgentModel(() => "Noted.");
    const agent = new ToolLoopAgent({
      model,
      callOptionsSchema: z.object({ user: z.enum(["ana", "ben"]) }),
      ...hooks,
    });
    await Promise.all([
      agent.generate({ prompt: "I like tea.", options: { user: "ana" } }),
      agent.generate({ prompt: "I like beer.", options: { user: "ben" } }),
    ]);
    await hooks.drain();
    expect(await stores.ana.contents()).toEqual(["Assistant: Noted.", "User: I like tea."]);
    expect(await stores.ben.contents()).toEqual(["Assistant: Noted.", "User: I like beer."]);
  });

  test("a call for which no memory can be chosen fails, and uses nobody else's", async () => {
    const hooks = memoryHooks<{ user: string }>({
      memory: ({ options: { user } }) => ({ recall: async () => [user] as never }),
    });
    const agent = new ToolLoopAgent({ model: scriptedAgentModel(() => "Hi."), ...hooks });
    await expect(agent.generate({ prompt })).rejects.toThrow();
    const none = memoryHooks({ memory: () => undefined as unknown as AgentMemory });
    await expect(none.prepareCall({ prompt })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("with a call of its own", () => {
  test("generateText and streamText take the prepared call", async () => {
    const { memory, contents } = await filled();
    const hooks = memoryHooks({ memory });
    const model = scriptedAgentModel((_, i) => ["First.", "Second."][i] as string);
    await generateText({ ...(await hooks.prepareCall({ model, prompt })), onEnd: hooks.onEnd });
    const call = await hooks.prepareCall({ model, prompt, runtimeContext: { request: 7 } });
    const streamed = streamText({ ...call, onEnd: hooks.onEnd });
    expect(await streamed.text).toBe("Second.");
    expect(call.runtimeContext.request).toBe(7);
    await hooks.drain();
    expect(shownTo(model).every((shown) => shown.startsWith("<memories>"))).toBe(true);
    expect(await contents()).toEqual([
      rex,
      "Assistant: First.",
      "Assistant: Second.",
      `User: ${prompt}`,
    ]);
  });

  test("what the caller passed in is not changed", async () => {
    const { memory } = await filled();
    const messages = [{ role: "user" as const, content: prompt }];
    const call = { messages, runtimeContext: {} };
    const prepared = await memoryHooks({ memory }).prepareCall(call);
    expect(call).toEqual({ messages: [{ role: "user", content: prompt }], runtimeContext: {} });
    expect(prepared.messages[0]?.content).toContain("<memories>");
  });

  test("a call in which nobody speaks goes as it is", async () => {
    const call = { messages: [] };
    const { memory } = testMemory();
    expect(await memoryHooks({ memory }).prepareCall(call)).toBe(call);
  });
});

describe("when something fails", () => {
  test("a failing memory leaves the call as it was", async () => {
    const fail = () => Promise.reject(new Error("gone"));
    const hooks = memoryHooks({ memory: { recall: fail, rememberMany: fail } });
    const model = scriptedAgentModel(() => "Hello.");
    const agent = new ToolLoopAgent({ model, ...hooks });
    expect((await agent.generate({ prompt })).text).toBe("Hello.");
    await hooks.drain();
    expect(shownTo(model)).toEqual([prompt]);
  });

  test("a failing model stores nothing", async () => {
    const { memory, contents } = await filled();
    const hooks = memoryHooks({ memory });
    const model = scriptedAgentModel(() => {
      throw new Error("no model");
    });
    const agent = new ToolLoopAgent({ model, maxRetries: 0, ...hooks });
    await expect(agent.generate({ prompt })).rejects.toThrow("no model");
    await hooks.drain();
    expect(await contents()).toEqual([rex]);
  });
});

test("storing never delays the answer", async () => {
  const stored = Promise.withResolvers<never[]>();
  const memory = { recall: async () => [], rememberMany: () => stored.promise };
  const events: string[] = [];
  const hooks = memoryHooks({ memory, onKeeping: ({ type }) => void events.push(type) });
  const agent = new ToolLoopAgent({ model: scriptedAgentModel(() => "Hello."), ...hooks });
  await agent.generate({ prompt });
  events.push("the caller has the answer");
  stored.resolve([]);
  await hooks.drain();
  expect(events).toEqual(["the caller has the answer", "keeping.completed"]);
});

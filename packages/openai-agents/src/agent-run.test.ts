import { Agent, Runner, tool } from "@openai/agents-core";
import { assistantMessage, functionCall, ScriptedModel } from "@openai/agents-core/testing";
import { inMemoryStorage, lexicalEmbedder, Memory } from "@unimem/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { memorySession } from "./memory-session.ts";

const weather = tool({
  name: "weather",
  description: "The weather in a place",
  parameters: z.object({ place: z.string() }),
  execute: async ({ place }) => `Snow in ${place}`,
});

test("an agent is shown its first turn in the second, tool calls included, by another session object", async () => {
  const memory = new Memory({ storage: inMemoryStorage(), embedder: lexicalEmbedder() });
  const model = new ScriptedModel([
    [functionCall("weather", { place: "Oslo" }, { callId: "call-1" })],
    [assistantMessage("It snows in Oslo.")],
    [assistantMessage("Take a coat.")],
  ]);
  const agent = new Agent({ name: "Guide", model, tools: [weather] });
  const runner = new Runner({ tracingDisabled: true });
  const turn = (input: string) =>
    runner.run(agent, input, { session: memorySession(memory, { sessionId: "trip" }) });

  expect((await turn("What is the weather in Oslo?")).finalOutput).toBe("It snows in Oslo.");
  expect((await turn("What do I wear?")).finalOutput).toBe("Take a coat.");
  model.assertComplete();

  expect(model.lastCall?.request.input).toMatchObject([
    { role: "user", content: "What is the weather in Oslo?" },
    { type: "function_call", name: "weather", callId: "call-1" },
    { type: "function_call_result", callId: "call-1", output: { text: "Snow in Oslo" } },
    { role: "assistant", content: [{ text: "It snows in Oslo." }] },
    { role: "user", content: "What do I wear?" },
  ]);
  const items = await memorySession(memory, { sessionId: "trip" }).getItems();
  expect(items).toHaveLength(6);
  expect(await memorySession(memory, { sessionId: "another" }).getItems()).toEqual([]);

  const [match] = await memory.recall("Does it snow in Oslo?", { scope: "/sessions" });
  expect(match?.record.content).toBe("It snows in Oslo.");
});

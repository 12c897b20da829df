import { memoryHooks, withMemory } from "@unimem/ai-sdk";
import { inMemoryStorage, Memory } from "@unimem/core";
import { ToolLoopAgent, tool } from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { z } from "zod";
import { interleave } from "./interleave.ts";
import type { Finding } from "./report.ts";
import { syntheticEmbedder, syntheticFact, syntheticQuestion } from "./synthetic-facts.ts";

const rounds = 100; // each adds two memories, so that the stores grow by a fifth on the way
const facts = 1000;
const mostMs = 5;

/**
 * What a memory of 1,000 facts adds to a turn of an agent, storing included: a turn has two steps, a model that
 * answers at once, and an embedder that takes next to no time.
 */
export async function agentOverhead(): Promise<Finding[]> {
  return [
    ...(await measure("generate", (agent, prompt) => agent.generate({ prompt }))),
    ...(await measure("stream", async (agent, prompt) => (await agent.stream({ prompt })).text)),
  ];
}

type Agent = ToolLoopAgent<never, typeof tools>;
type Turn = (agent: Agent, prompt: string) => PromiseLike<unknown>;

async function measure(way: string, turn: Turn): Promise<Finding[]> {
  const [wrappedMemory, hookedMemory] = [await filledMemory(), await filledMemory()];
  const model = withMemory(instantModel(), { memory: wrappedMemory });
  const hooks = memoryHooks({ memory: hookedMemory });
  const bare = new ToolLoopAgent({ model: instantModel(), tools });
  const wrapped = new ToolLoopAgent({ model, tools });
  const hooked = new ToolLoopAgent({ model: instantModel(), tools, ...hooks });

  const { p50 } = await interleave(rounds, {
    bare: async (round) => turn(bare, syntheticQuestion(round)),
    recall: (round) => wrappedMemory.recall(syntheticQuestion(round)),
    withMemory: async (round) => {
      await turn(wrapped, syntheticQuestion(round));
      await model.drain();
    },
    memoryHooks: async (round) => {
      await turn(hooked, syntheticQuestion(round));
      await hooks.drain();
    },
  });
  await Promise.all([wrappedMemory.close(), hookedMemory.close()]);
  return (["withMemory", "memoryHooks"] as const).map((name) => {
    const added = p50[name] - p50.bare;
    return {
      what: `a turn through ${name}, ${way}`,
      measured: `${added.toFixed(2)} ms more`,
      beside: `bare agent p50 ${p50.bare.toFixed(2)} ms; recall alone ${p50.recall.toFixed(2)} ms`,
      target: `≤ ${mostMs} ms more`,
      holds: added <= mostMs,
    };
  });
}

async function filledMemory(): Promise<Memory> {
  const memory = new Memory({ storage: inMemoryStorage(), embedder: syntheticEmbedder(384) });
  await memory.rememberMany(Array.from({ length: facts }, (_, i) => syntheticFact(i)));
  return memory;
}

const tools = { lookUp: tool({ inputSchema: z.object({}), execute: async () => "found" }) };

/** Calls a tool first, then answers. */
function instantModel(): MockLanguageModelV4 {
  const usage = {
    inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 0, text: 0, reasoning: 0 },
  };
  const call = { type: "tool-call" as const, toolCallId: "1", toolName: "lookUp", input: "{}" };
  const text = "It was found where it was looked for.";
  const goesOn = ({ prompt }: { prompt: readonly { role: string }[] }) =>
    prompt.at(-1)?.role === "user";
  const finish = (goesOn: boolean) =>
    ({ unified: goesOn ? "tool-calls" : "stop", raw: undefined }) as const;
  return new MockLanguageModelV4({
    doGenerate: async (options) => {
      const first = goesOn(options);
      const content = [first ? call : { type: "text" as const, text }];
      return { content, finishReason: finish(first), usage, warnings: [] };
    },
    doStream: async (options) => {
      const first = goesOn(options);
      const said = [
        { type: "text-start" as const, id: "1" },
        { type: "text-delta" as const, id: "1", delta: text },
        { type: "text-end" as const, id: "1" },
      ];
      return {
        stream: convertArrayToReadableStream([
          ...(first ? [call] : said),
          { type: "finish" as const, finishReason: finish(first), usage },
        ]),
      };
    },
  });
}

import { estimateTokens, MemoryError } from "@unimem/core";
import { asSchema, generateText, isStepCount, ToolLoopAgent } from "ai";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { AgentMemory } from "./agent-memory.ts";
import { type MemoryTools, memoryTools, type ReadingTools } from "./memory-tools.ts";
import type { RecallMemoryInput, RecallMemoryOutput } from "./recall-memory-tool.ts";
import type { RememberMemoryOutput } from "./remember-memory-tool.ts";
import { match } from "./testing/match.ts";
import { scriptedAgentModel } from "./testing/scripted-agent-model.ts";
import { testMemory } from "./testing/test-memory.ts";
import { turnMemory } from "./turn-memory.ts";

const call = { toolCallId: "1", messages: [], context: {} };
type ToolSet = Record<string, { execute?: unknown } | undefined>;

async function execute<Output>(tools: object, name: string, input: unknown): Promise<Output> {
  const run = (tools as ToolSet)[name]?.execute as (input: unknown, call: object) => Output;
  return run(input, call);
}
const recall = (tools: object, input: RecallMemoryInput) =>
  execute<RecallMemoryOutput>(tools, "recallMemory", input);
const remember = (tools: object, facts: string[]) =>
  execute<RememberMemoryOutput>(tools, "rememberMemory", { facts });

describe("in the hands of an agent", () => {
  test("a model remembers, recalls, and is shown results as data", async () => {
    const { memory, contents } = testMemory();
    const model = scriptedAgentModel(
      (_, i) =>
        [
          {
            toolName: "rememberMemory",
            input: { facts: ["Ana likes tea.", "The launch is in May."] },
          },
          {
            toolName: "recallMemory",
            input: { queries: ["What does Ana like?", "launch"], limit: 1 },
          },
          "Tea, and May.",
        ][i] as string,
    );
    const agent = new ToolLoopAgent({ model, tools: memoryTools({ memory }) });
    const { text } = await agent.generate({ prompt: "Go." });
    expect(text).toBe("Tea, and May.");
    expect(await contents()).toEqual(["Ana likes tea.", "The launch is in May."]);
    const results = model.doGenerateCalls[2]?.prompt.filter(({ role }) => role === "tool");
    expect(results?.map(({ content }) => content)).toMatchObject([
      [{ output: { type: "json", value: { accepted: 2, known: 0 } } }],
      [
        {
          output: {
            type: "text",
            value: expect.stringMatching(/^<memories>\n.*Ana likes tea.*May.*\n<\/memories>$/s),
          },
        },
      ],
    ]);
  });

  test("a wrong call comes back as an error that the model can mend, and writes nothing", async () => {
    const { memory, contents } = testMemory();
    const model = scriptedAgentModel(
      (_, i) =>
        [{ toolName: "rememberMemory", input: { facts: [], source: "somebody else" } }, "Sorry."][
          i
        ] as string,
    );
    const tools = memoryTools({ memory });
    const { steps } = await generateText({ model, prompt: "Go.", tools, stopWhen: isStepCount(3) });
    expect(steps[0]?.content.map(({ type }) => type)).toContain("tool-error");
    expect(await contents()).toEqual([]);
  });

  test("all that a model can say is what to look for, how much, where within, and what to keep", async () => {
    const { memory } = testMemory();
    const tools = memoryTools({ memory });
    const keys = async (schema: Parameters<typeof asSchema>[0]) =>
      Object.keys((await asSchema(schema).jsonSchema).properties ?? {});
    expect(await keys(tools.recallMemory.inputSchema)).toEqual(["queries", "limit", "scope"]);
    expect(await keys(tools.rememberMemory.inputSchema)).toEqual(["facts"]);
  });
});

describe("a memory that only reads", () => {
  test("has no tool to remember, in the types and at run time", () => {
    const reading = { recall: async () => [] };
    expect(Object.keys(memoryTools({ memory: reading }))).toEqual(["recallMemory"]);
    const marked = { ...reading, rememberMany: async () => [], readOnly: true as const };
    const tools = memoryTools({ memory: marked });
    expect(Object.keys(tools)).toEqual(["recallMemory"]);
    expectTypeOf(tools).toEqualTypeOf<ReadingTools>();
    expectTypeOf(memoryTools({ memory: reading })).toEqualTypeOf<ReadingTools>();
    expectTypeOf(memoryTools({ memory: testMemory().memory })).toEqualTypeOf<MemoryTools>();
  });
});

describe("recallMemory", () => {
  test("asks each query once, and gives each memory once, the best first", async () => {
    const asked: string[] = [];
    const scored = (content: string, score: number) => ({ ...match(content), score });
    const memory: AgentMemory = {
      recall: async (query) => {
        asked.push(query);
        return query === "a"
          ? [scored("one", 0.5), scored("two", 0.4)]
          : [scored("two", 0.9), scored("three", 0.1)];
      },
    };
    const { memories, note } = await recall(memoryTools({ memory }), { queries: ["a", "b", "a"] });
    expect(asked).toEqual(["a", "b"]);
    expect(memories.map(({ content }) => content)).toEqual(["two", "one", "three"]);
    expect(note).toBeUndefined();
  });

  test("stays where the application has put it, and lets the model look deeper", async () => {
    const { memory } = testMemory();
    await memory.rememberMany([
      { content: "Tea for Ana.", scope: "/ana/kitchen" },
      { content: "Tea in Ana's office.", scope: "/ana/office" },
      { content: "Tea for Ben.", scope: "/ben/kitchen" },
    ]);
    const tools = memoryTools({ memory, recall: { scope: "/ana" } });
    const found = async (scope?: string | null) => {
      const { memories } = await recall(tools, { queries: ["tea"], scope });
      return memories.map(({ content }) => content).sort();
    };
    expect(await found()).toEqual(["Tea for Ana.", "Tea in Ana's office."]);
    expect(await found(null)).toEqual(await found("/"));
    expect(await found("/kitchen")).toEqual(["Tea for Ana."]);
    expect(await found("/ana/kitchen")).toEqual(["Tea for Ana."]);
    expect(await found("/ben")).toEqual([]);
    const climbing = await recall(tools, { queries: ["tea"], scope: "/../ben" });
    expect(climbing).toEqual({ memories: [], note: expect.stringContaining("..") });
  });

  test("gives no more than the application's limit, and says what did not fit", async () => {
    const { memory } = testMemory();
    await memory.rememberMany(Array.from({ length: 9 }, (_, i) => `Tea number ${"x".repeat(i)}`));
    const tools = memoryTools({ memory, recall: { limit: 3 } });
    expect((await recall(tools, { queries: ["tea"], limit: 20 })).memories).toHaveLength(3);
    const small = memoryTools({ memory, maxTokens: 200 });
    const { memories, note } = await recall(small, { queries: ["tea"] });
    expect(memories.length).toBeGreaterThan(0);
    expect(note).toBe(`${9 - memories.length} more were found; ask more narrowly to see them.`);
    expect(estimateTokens(JSON.stringify(memories))).toBeLessThan(200);
  });

  test("says when there is nothing, and when the memory cannot be used", async () => {
    const { memory, runtime } = testMemory();
    const queries = ["tea"];
    expect((await recall(memoryTools({ memory }), { queries })).note).toBe("Nothing was found.");
    const gone = new MemoryError("STORAGE_UNAVAILABLE", "connect ECONNREFUSED secret-host:6379");
    const broken = memoryTools({ memory: { recall: () => Promise.reject(gone) } });
    const unusable = {
      memories: [],
      note: "The memory cannot be used right now. Go on without it.",
    };
    expect(await recall(broken, { queries })).toEqual(unusable);
    const slow = { recall: () => new Promise<never>(() => {}) };
    const waiting = recall(memoryTools({ memory: slow, runtime, timeoutMs: 50 }), { queries });
    runtime.advance(50);
    expect(await waiting).toEqual(unusable);
  });
});

describe("rememberMemory", () => {
  test("stores as the application says, whatever the facts are", async () => {
    const { memory } = testMemory();
    const tools = memoryTools({
      memory,
      remember: { scope: "/ana", source: "ana", private: true },
    });
    expect(await remember(tools, ["I like tea."])).toEqual({ accepted: 1, known: 0 });
    const [record] = await memory.listRecords({ source: "ana" });
    expect(record).toMatchObject({ scope: "/ana", source: "ana", private: true });
  });

  test("does not store again what the memory has just told, to the tools or before the task", async () => {
    const { memory, contents } = testMemory();
    await memory.remember("Ana likes tea.");
    const tools = memoryTools({ memory });
    await recall(tools, { queries: ["tea"] });
    expect(await remember(tools, ["Ana likes tea!", "Ana likes cake."])).toEqual({
      accepted: 1,
      known: 1,
    });
    await turnMemory({ memory }).begin("What about cake?");
    expect(await remember(tools, ["Ana likes cake."])).toEqual({ accepted: 0, known: 1 });
    expect(await contents()).toEqual(["Ana likes cake.", "Ana likes tea."]);
  });

  test("tells the model what it can mend, and that the rest failed or takes long", async () => {
    const { memory, runtime } = testMemory();
    expect(await remember(memoryTools({ memory }), [" "])).toEqual({
      accepted: 0,
      known: 0,
      note: expect.stringContaining("content"),
    });
    const recallNone = async () => [];
    const broken = { recall: recallNone, rememberMany: () => Promise.reject(new Error("full")) };
    expect((await remember(memoryTools({ memory: broken }), ["x"])).note).toMatch(/cannot be used/);
    const slow = { recall: recallNone, rememberMany: () => new Promise<never>(() => {}) };
    const waiting = remember(memoryTools({ memory: slow, runtime, timeoutMs: 50 }), ["x"]);
    runtime.advance(50);
    expect(await waiting).toMatchObject({ accepted: 1, note: "They are still being stored." });
  });
});

test.each<[string, object]>([
  ["memory", {}],
  ["maxTokens", { memory: { recall: async () => [] }, maxTokens: 199 }],
  ["timeoutMs", { memory: { recall: async () => [] }, timeoutMs: 0 }],
])("a wrong %s is refused at once", (field, options) => {
  expect(() => memoryTools(options as Parameters<typeof memoryTools>[0])).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", details: { field } }),
  );
});

import {
  APICallError,
  customProvider,
  generateText,
  isStepCount,
  type LanguageModel,
  type ModelMessage,
  streamText,
  tool,
} from "ai";
import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { expectAllHandled } from "./testing/expect-all-handled.ts";
import {
  type StreamPart,
  scriptedAgentModel,
  shownTo,
  textParts,
} from "./testing/scripted-agent-model.ts";
import { testMemory } from "./testing/test-memory.ts";
import { withMemory } from "./with-memory.ts";

expectAllHandled();

const rex = "Ana's dog is called Rex.";
const prompt = "What is Ana's dog called?";

async function rememberingModel(step: Parameters<typeof scriptedAgentModel>[0]) {
  const test = testMemory();
  await test.memory.remember(rex);
  const inner = scriptedAgentModel(step);
  const recalls: string[] = [];
  const model = withMemory(inner, {
    memory: test.memory,
    onRetrieval: ({ type, query }) => {
      if (type === "retrieval.started") recalls.push(query);
    },
  });
  return { ...test, inner, model, recalls };
}

test("generate: shows the memories in front of what the user said, and stores after the answer", async () => {
  const { model, inner, contents } = await rememberingModel(() => "Rex, I think.");
  const { text } = await generateText({ model, instructions: "Be brief.", prompt });
  expect(text).toBe("Rex, I think.");
  const [user] = shownTo(inner);
  expect(user).toMatch(/^<memories>\n.*called Rex\..*\n<\/memories>\nWhat is Ana's dog called\?$/s);
  expect(shownTo(inner, "system")).toEqual(["Be brief."]);
  await model.drain();
  expect(await contents()).toEqual([rex, "Assistant: Rex, I think.", `User: ${prompt}`]);
});

test("stream: shows and stores the same", async () => {
  const { model, inner, contents } = await rememberingModel(() => "Rex, I think.");
  const { textStream } = streamText({ model, prompt });
  let text = "";
  for await (const delta of textStream) text += delta;
  expect(text).toBe("Rex, I think.");
  expect(shownTo(inner)[0]).toContain("called Rex.");
  await model.drain();
  expect(await contents()).toEqual([rex, "Assistant: Rex, I think.", `User: ${prompt}`]);
});

test("changes nothing where the memory holds nothing, or nobody speaks", async () => {
  const { memory } = testMemory();
  const inner = scriptedAgentModel(() => "Hello.");
  const model = withMemory(inner, { memory });
  await generateText({ model, prompt: "Hi." });
  await model.doGenerate({ prompt: [{ role: "system", content: "Say hello." }] });
  expect(shownTo(inner)).toEqual(["Hi.", ""]);
});

describe("a loop of five steps", () => {
  const lookUp = tool({ inputSchema: z.object({ n: z.number() }), execute: async ({ n }) => n });
  const fiveSteps = (_: unknown, index: number) =>
    index < 4 ? { toolName: "lookUp", input: { n: index } } : "Rex.";

  test.each(["generate", "stream"])(
    "is one turn: one recall, the same memories in every step, stored once (%s)",
    async (way) => {
      const { model, inner, recalls, contents } = await rememberingModel(fiveSteps);
      const call = { model, prompt, tools: { lookUp }, stopWhen: isStepCount(5) };
      const text =
        way === "generate" ? (await generateText(call)).text : await streamText(call).text;
      expect(text).toBe("Rex.");
      expect(recalls).toEqual([prompt]);
      const shown = shownTo(inner);
      expect(shown).toHaveLength(5);
      expect(new Set(shown).size).toBe(1);
      expect(shown[0]).toContain("called Rex.");
      await model.drain();
      expect(await contents()).toEqual([rex, "Assistant: Rex.", `User: ${prompt}`]);
    },
  );

  test("is not stored where it is stopped before its answer", async () => {
    const { model, contents } = await rememberingModel(fiveSteps);
    await generateText({ model, prompt, tools: { lookUp }, stopWhen: isStepCount(3) });
    await model.drain();
    expect(await contents()).toEqual([rex]);
  });

  test("recalls again for each thing the user says, also for the same words", async () => {
    const { model, recalls, inner } = await rememberingModel(() => "Rex.");
    const messages: ModelMessage[] = [{ role: "user", content: prompt }];
    await generateText({ model, messages });
    messages.push({ role: "assistant", content: "Rex." }, { role: "user", content: "And mine?" });
    await generateText({ model, messages });
    await generateText({ model, prompt });
    expect(recalls).toEqual([prompt, "And mine?", prompt]);
    // Only the last message is added to: what comes before stays as the provider may have cached it.
    expect(shownTo(inner)[1]).toMatch(/^What is Ana's dog called\?\n---\n<memories>/);
  });
});

describe("a stream that is not read to its end", () => {
  const long = Array.from({ length: 50 }, (_, i) => `word${i} `).join("");

  test("is stored whole where the reader just stops", async () => {
    const { model, contents } = await rememberingModel(() => long);
    const { textStream } = streamText({ model, prompt });
    for await (const _ of textStream) break;
    await model.drain();
    expect(await contents()).toContain(`Assistant: ${long.trim()}`);
  });

  test("is stored as far as it came where it is aborted", async () => {
    const { memory, contents } = testMemory();
    const stop = new AbortController();
    const heard: unknown[] = [];
    const inner = new MockLanguageModelV4({
      doStream: async () => ({
        stream: new ReadableStream({
          start(controller) {
            for (const part of textParts("One two ").slice(0, -1)) controller.enqueue(part);
          },
          cancel: () => void heard.push("the model's stream is cancelled"),
        }),
      }),
    });
    const model = withMemory(inner, { memory });
    const { textStream } = streamText({
      model,
      prompt: "Count.",
      abortSignal: stop.signal,
      onAbort: () => void heard.push("onAbort"),
    });
    for await (const delta of textStream) if (delta === "two ") stop.abort();
    await model.drain();
    expect(await contents()).toEqual(["Assistant: One two", "User: Count."]);
    expect(heard.sort()).toEqual(["onAbort", "the model's stream is cancelled"]);
  });
});

describe("a model that fails", () => {
  const failure = new APICallError({
    message: "no",
    url: "",
    requestBodyValues: {},
    isRetryable: false,
  });

  test("fails as it did, and nothing is stored", async () => {
    const { model, contents } = await rememberingModel(() => {
      throw failure;
    });
    await expect(generateText({ model, prompt })).rejects.toBe(failure);
    const errors: unknown[] = [];
    const streamed = streamText({ model, prompt, onError: ({ error }) => void errors.push(error) });
    await streamed.consumeStream();
    expect(errors).toEqual([failure]);
    await model.drain();
    expect(await contents()).toEqual([rex]);
  });

  test("is asked again with the same memories, which are recalled once", async () => {
    const busy = new APICallError({
      message: "busy",
      url: "",
      requestBodyValues: {},
      responseHeaders: { "retry-after-ms": "0" },
      isRetryable: true,
    });
    const { model, inner, recalls, contents } = await rememberingModel((_, i) => {
      if (i < 2) throw busy;
      return "Rex, as I said.";
    });
    await generateText({ model, prompt });
    await model.drain();
    expect(shownTo(inner)).toEqual(Array(3).fill(expect.stringContaining(rex)));
    expect(recalls).toEqual([prompt]);
    expect(await contents()).toHaveLength(3);
    await generateText({ model, prompt });
    expect(recalls).toEqual([prompt, prompt]);
  });

  const brokenStreams = {
    "with a part that says so": (parts: readonly StreamPart[]) =>
      convertArrayToReadableStream([...parts, { type: "error" as const, error: failure }]),
    "because it breaks off": (parts: readonly StreamPart[]) => {
      const left = [...parts];
      return new ReadableStream<StreamPart>({
        pull(controller) {
          const part = left.shift();
          if (part) controller.enqueue(part);
          else controller.error(failure);
        },
      });
    },
  };

  test.each(Object.entries(brokenStreams))(
    "in the middle of a stream, %s, fails like the bare model, and nothing is stored",
    async (_, broken) => {
      const { memory, contents } = testMemory();
      const bare = new MockLanguageModelV4({
        doStream: async () => ({ stream: broken(textParts("One two")) }),
      });
      const model = withMemory(bare, { memory });
      const outcome = async (model: LanguageModel) => {
        const seen: unknown[] = [];
        const onError = ({ error }: { error: unknown }) => void seen.push(["onError", error]);
        const { textStream } = streamText({ model, prompt, onError });
        try {
          for await (const delta of textStream) seen.push(delta);
        } catch (error) {
          seen.push(["thrown", error]);
        }
        return seen;
      };
      const seen = await outcome(model);
      expect(seen).toEqual(await outcome(bare));
      expect(seen.filter((each) => typeof each === "string")).toEqual(["One ", "two"]);
      await model.drain();
      expect(await contents()).toEqual([]);
    },
  );
});

test.each(["generate", "stream"])(
  "a failing memory leaves the model as it is (%s)",
  async (way) => {
    const fail = () => Promise.reject(new Error("gone"));
    const heard: string[] = [];
    const inner = scriptedAgentModel(() => "Rex.");
    const model = withMemory(inner, {
      memory: { recall: fail, rememberMany: fail },
      onRetrieval: ({ type }) => void heard.push(type),
      onKeeping: ({ type }) => void heard.push(type),
    });
    const call = { model, prompt };
    const text = way === "generate" ? (await generateText(call)).text : await streamText(call).text;
    await model.drain();
    expect(text).toBe("Rex.");
    expect(shownTo(inner)).toEqual([prompt]);
    expect(heard).toEqual(["retrieval.started", "retrieval.failed", "keeping.failed"]);
  },
);

test("a slow memory does not hold up an answer: not when it recalls, and not when it stores", async () => {
  const { runtime } = testMemory();
  const events: string[] = [];
  const stored = Promise.withResolvers<never[]>();
  const inner = scriptedAgentModel(() => {
    events.push("the model answers");
    return "Rex.";
  });
  const model = withMemory(inner, {
    memory: { recall: () => new Promise(() => {}), rememberMany: () => stored.promise },
    runtime,
    recallTimeoutMs: 500,
    onRetrieval: ({ type }) => void events.push(type),
    onKeeping: ({ type }) => void events.push(type),
  });
  const answering = generateText({ model, prompt });
  await new Promise((resolve) => setImmediate(resolve));
  runtime.advance(500);
  expect((await answering).text).toBe("Rex.");
  events.push("the caller has the answer");
  stored.resolve([]);
  await model.drain();
  expect(shownTo(inner)).toEqual([prompt]);
  expect(events).toEqual([
    "retrieval.started",
    "retrieval.failed",
    "the model answers",
    "the caller has the answer",
    "keeping.completed",
  ]);
});

test("a model may be named, where a default provider knows it", async () => {
  const { memory } = testMemory();
  const inner = scriptedAgentModel(() => "Hello.");
  globalThis.AI_SDK_DEFAULT_PROVIDER = customProvider({ languageModels: { small: inner } });
  try {
    const model = withMemory("small", { memory });
    expect((await generateText({ model, prompt: "Hi." })).text).toBe("Hello.");
    expect([model.provider, model.modelId]).toEqual([inner.provider, inner.modelId]);
  } finally {
    globalThis.AI_SDK_DEFAULT_PROVIDER = undefined;
  }
});

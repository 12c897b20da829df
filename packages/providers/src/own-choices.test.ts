import { type LanguageModel, lexicalEmbedder } from "@unimem/core";
import { manualRuntime } from "@unimem/core/testing";
import {
  MockEmbeddingModelV3,
  MockEmbeddingModelV4,
  MockLanguageModelV3,
  MockLanguageModelV4,
} from "ai/test";
import { describe, expect, test } from "vitest";
import { openEmbedder } from "./open-embedder.ts";
import { openModel } from "./open-model.ts";
import { question } from "./testing/model-cases.ts";

const env = {};
const answer = { colour: "blue", sure: null };

const generated = {
  content: [{ type: "text" as const, text: JSON.stringify(answer) }],
  finishReason: { unified: "stop" as const, raw: undefined },
  usage: {
    inputTokens: { total: 11, noCache: 11, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 7, text: 7, reasoning: undefined },
  },
  warnings: [],
};

const v2 = {
  specificationVersion: "v2",
  provider: "openai.chat",
  modelId: "old",
  supportedUrls: {},
  doGenerate: async () => ({
    content: generated.content,
    finishReason: "stop",
    usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
    warnings: [],
  }),
};

describe("a language model of the AI SDK", () => {
  const options = { provider: "openai.chat", modelId: "old", doGenerate: generated };
  test.each([
    ["4", new MockLanguageModelV4(options)],
    ["3", new MockLanguageModelV3(options)],
    ["2", v2],
  ])("of version %s of its interface answers", async (_, sdkModel) => {
    const model = await openModel(sdkModel, { env });
    expect(model.id).toBe("openai/old");
    expect(await model.generate(question)).toEqual({
      value: answer,
      usage: { inputTokens: 11, outputTokens: 7 },
    });
  });

  test("is given instructions, prompt and schema", async () => {
    const sdkModel = new MockLanguageModelV4(options);
    await (await openModel(sdkModel, { env })).generate(question);
    expect(sdkModel.doGenerateCalls[0]).toMatchObject({
      prompt: [
        { role: "system", content: question.instructions },
        { role: "user", content: [{ type: "text", text: question.prompt }] },
      ],
      responseFormat: { type: "json", name: "colour", schema: { required: ["colour", "sure"] } },
    });
  });

  test("that tells no usage is reported without one", async () => {
    const usage = {
      inputTokens: { ...generated.usage.inputTokens, total: undefined },
      outputTokens: { ...generated.usage.outputTokens, total: undefined },
    };
    const sdkModel = new MockLanguageModelV4({ ...options, doGenerate: { ...generated, usage } });
    expect(await (await openModel(sdkModel, { env })).generate(question)).toEqual({
      value: answer,
    });
  });

  test("that ignores its signal is left at the deadline", async () => {
    const runtime = manualRuntime();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const doGenerate = () => {
      resolve();
      return new Promise<never>(() => {});
    };
    const model = await openModel(new MockLanguageModelV4({ ...options, doGenerate }), {
      env,
      runtime,
    });
    const answered = model.generate(question);
    await asked;
    runtime.advance(30_000);
    await expect(answered).rejects.toMatchObject({
      code: "MODEL_FAILED",
      message: expect.stringContaining("30000 ms"),
    });
  });

  test("has the time that its caller gives it", async () => {
    const runtime = manualRuntime();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const { promise: generating, resolve: answerNow } = Promise.withResolvers<typeof generated>();
    const doGenerate = () => {
      resolve();
      return generating;
    };
    const model = await openModel(new MockLanguageModelV4({ ...options, doGenerate }), {
      env,
      runtime,
      timeoutMs: 60_000,
    });
    const answered = model.generate(question);
    await asked;
    runtime.advance(59_999);
    answerNow(generated);
    expect((await answered).value).toEqual(answer);
  });

  test("that throws is MODEL_FAILED, with the error as cause and nothing of it in the message", async () => {
    const doGenerate = async () => {
      throw new Error("the sky is secret");
    };
    const model = await openModel(new MockLanguageModelV4({ ...options, doGenerate }), { env });
    await expect(model.generate(question)).rejects.toMatchObject({
      code: "MODEL_FAILED",
      message: "The language model openai/old failed; see cause.",
      cause: { message: "the sky is secret" },
    });
  });

  test("needs the package ai, and the command that installs it is told", async () => {
    const importPackage = async () => {
      throw Object.assign(new Error("gone"), { code: "ERR_MODULE_NOT_FOUND" });
    };
    const opening = openModel(new MockLanguageModelV4(options), { env, importPackage });
    await expect(opening).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: expect.stringContaining("npm install ai"),
    });
  });
});

describe("an embedding model of the AI SDK", () => {
  const doEmbed = async ({ values }: { values: string[] }) => ({
    embeddings: values.map((value) => [1, Number(value) || 0]),
    usage: { tokens: 3 * values.length },
    warnings: [],
  });
  const options = {
    provider: "openai.embedding",
    // Wrapped models may have other dimensions than the model they are named after, so all are asked.
    modelId: "text-embedding-3-large",
    maxEmbeddingsPerCall: 4,
    supportsParallelCalls: true,
    doEmbed,
  };

  test.each([
    ["4", new MockEmbeddingModelV4(options)],
    ["3", new MockEmbeddingModelV3(options)],
    ["2", { ...options, specificationVersion: "v2" }],
  ])("of version %s of its interface embeds", async (_, sdkModel) => {
    const embedder = await openEmbedder(sdkModel, { env });
    expect(embedder.id).toBe("ai-sdk/openai/text-embedding-3-large/2");
    const texts = Array.from({ length: 9 }, (_, i) => String(i));
    const { vectors, tokens } = await embedder.embed(texts);
    expect(vectors.map((vector) => vector[1])).toEqual(texts.map(Number));
    expect(tokens).toBe(27);
  });

  test("that counts no tokens is reported without any", async () => {
    const sdkModel = new MockEmbeddingModelV4({
      ...options,
      doEmbed: async ({ values }) => ({ embeddings: values.map(() => [1]), warnings: [] }),
    });
    const embedder = await openEmbedder(sdkModel, { env });
    expect(await embedder.embed(["a"])).toEqual({ vectors: [[1]] });
  });
});

describe("a function", () => {
  const lengths = async (texts: readonly string[]) => texts.map((text) => [1, text.length, 0]);

  test("is an embedder whose dimensions are found by asking once", async () => {
    const asked: (readonly string[])[] = [];
    const embedder = await openEmbedder(
      (texts) => {
        asked.push(texts);
        return lengths(texts);
      },
      { env },
    );
    expect(embedder).toMatchObject({ id: "custom/3", dimensions: 3 });
    expect(asked).toEqual([["word"]]);
    expect((await embedder.embed(["a", "bb"])).vectors).toEqual([
      [1, 1, 0],
      [1, 2, 0],
    ]);
  });

  test("can be named, and its dimensions told", async () => {
    const choice = {
      provider: "custom",
      model: "lengths-1",
      config: { embed: lengths, dimensions: 3 },
    };
    expect(await openEmbedder(choice, { env })).toMatchObject({ id: "custom/lengths-1/3" });
  });

  test("gets the signal of the call", async () => {
    const signals: unknown[] = [];
    const embedder = await openEmbedder(
      async (texts, { signal }) => {
        signals.push(signal);
        return lengths(texts);
      },
      { env },
    );
    await embedder.embed(["a"]);
    expect(signals).toEqual([expect.any(AbortSignal), expect.any(AbortSignal)]);
  });

  test.each([
    ["throws", () => Promise.reject(new Error("the sky"))],
    ["answers nothing", () => undefined],
    ["answers too few", () => []],
    ["answers an empty vector", () => [[]]],
  ])("that %s is EMBEDDING_FAILED", async (_, embed) => {
    const opening = openEmbedder(embed as never, { env });
    await expect(opening).rejects.toMatchObject({
      code: "EMBEDDING_FAILED",
      message: expect.not.stringContaining("the sky"),
    });
  });

  test("is needed for the provider custom", async () => {
    await expect(openEmbedder("custom")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

test("an embedder and a model of one's own are taken as they are", async () => {
  const embedder = lexicalEmbedder();
  expect(await openEmbedder(embedder)).toBe(embedder);
  const model: LanguageModel = { id: "mine", generate: async () => ({ value: 1 }) };
  expect(await openModel(model)).toBe(model);
});

test("lexical needs nothing, by name and by configuration", async () => {
  expect((await openEmbedder("lexical", { env })).id).toBe(lexicalEmbedder().id);
  const smaller = { provider: "lexical", config: { dimensions: 64 } };
  expect((await openEmbedder(smaller, { env })).dimensions).toBe(64);
});

test.each([undefined, null, 42, true, {}, []])("%o is no choice", async (choice) => {
  await expect(openModel(choice as never)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(openEmbedder(choice as never)).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

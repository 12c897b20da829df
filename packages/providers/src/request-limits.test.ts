import { inMemoryStorage, Memory } from "@unimem/core";
import { manualRuntime } from "@unimem/core/testing";
import { expect, test } from "vitest";
import { openEmbedder } from "./open-embedder.ts";
import { providerStub } from "./testing/provider-stub.ts";

test("no request to OpenAI can hold more than 300,000 tokens, whatever the language", async () => {
  const stub = await providerStub(({ body }) => {
    const { input } = body as { input: string[] };
    const data = input.map((_, index) => ({ index, embedding: [1, 2] }));
    return { body: { data, usage: { total_tokens: 1 } } };
  });
  const config = { apiKey: "k", baseUrl: stub.url, model: "new", dimensions: 2 };
  const embedder = await openEmbedder({ provider: "openai", config }, { env: {} });
  // Three bytes each, so that no tokenizer makes more than three tokens of it.
  await embedder.embed(new Array(100).fill("記".repeat(3_000)));
  const sizes = stub.requests.map(({ body }) =>
    Buffer.byteLength((body as { input: string[] }).input.join("")),
  );
  expect(sizes.length).toBeLessThanOrEqual(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(300_000);
});

test("every request of a slow provider has its own time, however many texts there are", async () => {
  const runtime = manualRuntime();
  const stub = await providerStub(({ body }) => {
    runtime.advance(20_000); // each of three requests takes so long
    const { input } = body as { input: string[] };
    return { body: { data: input.map((_, index) => ({ index, embedding: [1, 2] })) } };
  });
  const config = { baseUrl: stub.url, dimensions: 2, model: "new" };
  const embedder = await openEmbedder({ provider: "ollama", config }, { env: {}, runtime });
  const memory = new Memory({ storage: inMemoryStorage(), embedder, runtime });
  await memory.rememberMany(Array.from({ length: 150 }, (_, i) => `text ${i}`));
  expect(stub.requests).toHaveLength(3);
});

test("a function may be given more texts than a call takes arguments", async () => {
  const embedder = await openEmbedder((texts) => texts.map(() => [1, 2]), { env: {} });
  const texts = new Array<string>(300_000).fill("text");
  expect((await embedder.embed(texts)).vectors).toHaveLength(300_000);
});

test("Vertex is asked for one text at a time where its model takes no more", async () => {
  const stub = await providerStub(() => ({
    body: { predictions: [{ embeddings: { values: [1], statistics: { token_count: 1 } } }] },
  }));
  const config = { apiKey: "k", baseUrl: stub.url, model: "gemini-embedding-001", dimensions: 1 };
  const embedder = await openEmbedder({ provider: "google-vertex", config }, { env: {} });
  await embedder.embed(["a", "b"]);
  expect(stub.requests).toHaveLength(2);
});

test("a Hugging Face model that gives a vector for every token is refused with what to do", async () => {
  const stub = await providerStub(() => ({
    body: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  }));
  const config = { apiKey: "k", baseUrl: stub.url, model: "bert" };
  await expect(
    openEmbedder({ provider: "huggingface", config }, { env: {} }),
  ).rejects.toMatchObject({
    code: "EMBEDDING_FAILED",
    message: expect.stringContaining("made for sentences"),
  });
});

test.each([
  [
    "cohere.embed-v4:0",
    { input_type: "search_document", texts: ["a"], truncate: "NONE", output_dimension: 256 },
    { embeddings: { float: [[1]] } },
  ],
  [
    "amazon.nova-2-multimodal-embeddings-v1:0",
    {
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: "GENERIC_INDEX",
        embeddingDimension: 256,
        text: { truncationMode: "NONE", value: "a" },
      },
    },
    { embeddings: [{ embeddingType: "TEXT", embedding: [1] }] },
  ],
])("Bedrock's %s is asked in its own words", async (model, body, answer) => {
  const stub = await providerStub(() => ({ body: answer }));
  const config = { apiKey: "k", region: "eu-west-1", baseUrl: stub.url, model, dimensions: 256 };
  const embedder = await openEmbedder({ provider: "amazon-bedrock", config }, { env: {} });
  await embedder.embed(["a"]);
  expect(stub.requests[0]?.body).toEqual(body);
});

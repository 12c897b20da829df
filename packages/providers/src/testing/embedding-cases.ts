import { expect } from "vitest";
import type { ProviderConfig } from "../provider-config.ts";
import { key } from "./model-cases.ts";
import type { StubReply, StubRequest } from "./provider-stub.ts";

/** What one provider is sent for some texts, and what it sends back. */
export interface EmbeddingCase {
  /** With a model of known dimensions. */
  readonly config: ProviderConfig;
  readonly dimensions: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The whole body for these texts; `resized` where other dimensions than the model's own were asked for. */
  readonly body: (texts: string[], resized?: number) => unknown;
  /** The texts of a request. */
  readonly textsOf: (body: never) => string[];
  readonly answer: (vectors: number[][]) => unknown;
  /** Tokens that the answer tells for each text; absent where the provider counts none. */
  readonly tokens?: number;
  /** Most texts that one request holds. */
  readonly most: number;
  /** Another width that the model can be asked for; absent where it cannot. */
  readonly resizesTo?: number;
  /** Requests that are none for embeddings, such as one for a token. */
  readonly aside?: (request: StubRequest) => StubReply | undefined;
}

interface GeminiContent {
  readonly content: { readonly parts: [{ readonly text: string }] };
}

const bearer = { authorization: `Bearer ${key}` };
const inputOf = ({ input }: { input: string[] }) => input;

function openaiAnswer(vectors: number[][]) {
  return {
    object: "list",
    model: "as-asked",
    // Backwards, because what counts is the index.
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })).reverse(),
    usage: { prompt_tokens: 3 * vectors.length, total_tokens: 3 * vectors.length },
  };
}

function inBase64(vectors: number[][]) {
  const { data, ...rest } = openaiAnswer(vectors);
  const coded = data.map(({ embedding, ...each }) => ({
    ...each,
    embedding: Buffer.from(new Float32Array(embedding).buffer).toString("base64"),
  }));
  return { ...rest, data: coded };
}

const openai: EmbeddingCase = {
  config: { model: "text-embedding-3-small", apiKey: key },
  dimensions: 1536,
  path: "/embeddings",
  headers: bearer,
  body: (input, dimensions) => ({
    model: "text-embedding-3-small",
    input,
    ...(dimensions && { dimensions }),
    encoding_format: "base64",
  }),
  textsOf: inputOf,
  answer: inBase64,
  tokens: 3,
  most: 2048,
  resizesTo: 256,
};

/** A case for every provider of embedders that is not in this process. */
export const embeddingCases: Readonly<Record<string, EmbeddingCase>> = {
  openai,
  azure: {
    ...openai,
    path: "/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21",
    headers: { "api-key": key },
  },
  ollama: {
    config: { model: "nomic-embed-text" },
    dimensions: 768,
    path: "/v1/embeddings",
    headers: {},
    body: (input) => ({ model: "nomic-embed-text", input }),
    textsOf: inputOf,
    answer: openaiAnswer,
    tokens: 3,
    most: 64,
  },
  "google-generativeai": {
    config: { model: "gemini-embedding-001", apiKey: key },
    dimensions: 3072,
    path: "/models/gemini-embedding-001:batchEmbedContents",
    headers: { "x-goog-api-key": key },
    body: (texts, outputDimensionality) => ({
      requests: texts.map((text) => ({
        model: "models/gemini-embedding-001",
        content: { role: "user", parts: [{ text }] },
        ...(outputDimensionality && { outputDimensionality }),
      })),
    }),
    // One text has a path of its own.
    textsOf: (body: GeminiContent | { requests: GeminiContent[] }) =>
      ("requests" in body ? body.requests : [body]).map(({ content }) => content.parts[0].text),
    answer: (vectors) => ({
      embedding: { values: vectors[0] },
      embeddings: vectors.map((values) => ({ values })),
    }),
    most: 100,
    resizesTo: 768,
  },
  "google-vertex": {
    config: {
      model: "text-embedding-005",
      project: "my-project",
      location: "europe-west1",
      googleAuthOptions: { authClient: { getAccessToken: async () => ({ token: key }) } },
    },
    dimensions: 768,
    path: "/models/text-embedding-005:predict",
    headers: bearer,
    body: (texts, outputDimensionality) => ({
      instances: texts.map((content) => ({ content })),
      parameters: { autoTruncate: false, ...(outputDimensionality && { outputDimensionality }) },
    }),
    textsOf: ({ instances }: { instances: { content: string }[] }) =>
      instances.map(({ content }) => content),
    answer: (vectors) => ({
      predictions: vectors.map((values) => ({
        embeddings: { values, statistics: { token_count: 3, truncated: false } },
      })),
    }),
    tokens: 3,
    most: 250,
    resizesTo: 256,
  },
  cohere: {
    config: { model: "embed-v4.0", apiKey: key },
    dimensions: 1536,
    path: "/embed",
    headers: bearer,
    body: (texts, output_dimension) => ({
      model: "embed-v4.0",
      embedding_types: ["float"],
      texts,
      input_type: "search_document",
      truncate: "NONE",
      ...(output_dimension && { output_dimension }),
    }),
    textsOf: ({ texts }: { texts: string[] }) => texts,
    answer: (float) => ({
      id: "1",
      embeddings: { float },
      meta: { billed_units: { input_tokens: 3 * float.length } },
    }),
    tokens: 3,
    most: 96,
    resizesTo: 256,
  },
  voyageai: {
    config: { model: "voyage-3.5", apiKey: key },
    dimensions: 1024,
    path: "/embeddings",
    headers: bearer,
    body: (input, output_dimension) => ({
      model: "voyage-3.5",
      input,
      truncation: false,
      ...(output_dimension && { output_dimension }),
    }),
    textsOf: inputOf,
    answer: (vectors) => ({
      object: "list",
      data: vectors.map((embedding, index) => ({ object: "embedding", embedding, index })),
      model: "voyage-3.5",
      usage: { total_tokens: 3 * vectors.length },
    }),
    tokens: 3,
    most: 128,
    resizesTo: 256,
  },
  "amazon-bedrock": {
    config: {
      model: "amazon.titan-embed-text-v2:0",
      region: "eu-west-1",
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: key,
    },
    dimensions: 1024,
    path: "/model/amazon.titan-embed-text-v2%3A0/invoke",
    headers: {
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/bedrock\/aws4_request/,
      ),
    },
    body: ([inputText], dimensions) => ({ inputText, ...(dimensions && { dimensions }) }),
    textsOf: ({ inputText }: { inputText: string }) => [inputText],
    answer: ([embedding]) => ({ embedding, inputTextTokenCount: 3 }),
    tokens: 3,
    most: 1,
    resizesTo: 256,
  },
  jina: {
    config: { model: "jina-embeddings-v3", apiKey: key },
    dimensions: 1024,
    path: "/embeddings",
    headers: bearer,
    body: (input, dimensions) => ({
      model: "jina-embeddings-v3",
      input,
      ...(dimensions && { dimensions }),
    }),
    textsOf: inputOf,
    answer: openaiAnswer,
    tokens: 3,
    most: 512,
    resizesTo: 256,
  },
  huggingface: {
    config: { model: "BAAI/bge-small-en-v1.5", apiKey: key },
    dimensions: 384,
    path: "/models/BAAI/bge-small-en-v1.5/pipeline/feature-extraction",
    headers: bearer,
    body: (inputs) => ({ inputs, truncate: false }),
    textsOf: ({ inputs }: { inputs: string[] }) => inputs,
    answer: (vectors) => vectors,
    most: 32,
  },
  watsonx: {
    config: { model: "ibm/slate-125m-english-rtrvr", apiKey: key, projectId: "project-1" },
    dimensions: 768,
    path: "/ml/v1/text/embeddings?version=2024-05-31",
    headers: { authorization: "Bearer a-token" },
    body: (inputs) => ({
      model_id: "ibm/slate-125m-english-rtrvr",
      project_id: "project-1",
      inputs,
    }),
    textsOf: ({ inputs }: { inputs: string[] }) => inputs,
    answer: (vectors) => ({
      model_id: "ibm/slate-125m-english-rtrvr",
      results: vectors.map((embedding) => ({ embedding })),
      created_at: "2025-01-01T00:00:00Z",
      input_token_count: 3 * vectors.length,
    }),
    tokens: 3,
    most: 1000,
    aside: ({ path }) =>
      path === "/identity/token"
        ? { body: { access_token: "a-token", expires_in: 3600, expiration: 4_000_000_000 } }
        : undefined,
  },
};

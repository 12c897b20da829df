import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { openEmbedder } from "./open-embedder.ts";
import { openModel } from "./open-model.ts";
import { chatCompletion, question } from "./testing/model-cases.ts";
import { providerStub } from "./testing/provider-stub.ts";

const answered = { body: chatCompletion('{"colour": "blue", "sure": null}') };

test.each([
  ["openai/gpt-4o-mini", "OPENAI_BASE_URL", { OPENAI_API_KEY: "k" }, "/chat/completions"],
  ["ollama/llama3.2", "OLLAMA_BASE_URL", {}, "/v1/chat/completions"],
  [
    "azure/mine",
    "AZURE_OPENAI_ENDPOINT",
    { AZURE_OPENAI_API_KEY: "k", OPENAI_API_VERSION: "2025-01-01" },
    "/openai/deployments/mine/chat/completions?api-version=2025-01-01",
  ],
])("%s is found where %s says", async (name, variable, more, path) => {
  const stub = await providerStub(() => answered);
  for (const address of [stub.url, `${stub.url}/`]) {
    const model = await openModel(name, { env: { ...more, [variable]: address } });
    await model.generate(question);
  }
  expect(stub.requests.map((request) => request.path)).toEqual([path, path]);
});

test.each([
  ["ollama", "/v1/", "/v1/chat/completions"],
  ["azure", "/openai/", "/openai/deployments/m/chat/completions?api-version=2024-10-21"],
])("the address of %s may end in %s", async (provider, end, path) => {
  const stub = await providerStub(() => answered);
  const config = { baseUrl: `${stub.url}${end}`, model: "m", apiKey: "k" };
  await (await openModel({ provider, config }, { env: {} })).generate(question);
  expect(stub.requests[0]?.path).toBe(path);
});

test("the first variable that is set holds the key; a blank one is not set", async () => {
  const stub = await providerStub(() => ({ body: { embedding: { values: [1, 2] } } }));
  const env = {
    GOOGLE_GENERATIVE_AI_API_KEY: " ",
    GEMINI_API_KEY: " second ",
    GOOGLE_API_KEY: "third",
  };
  const choice = { provider: "gemini", model: "new", config: { baseUrl: stub.url } };
  expect((await openEmbedder(choice, { env })).id).toBe("google-generativeai/new/2");
  expect(stub.requests[0]?.headers["x-goog-api-key"]).toBe("second");
});

test("keys that are given are not mixed with keys of the environment", async () => {
  const stub = await providerStub(() => ({ body: { embedding: [1, 2], inputTextTokenCount: 1 } }));
  const env = { AWS_REGION: "eu-west-1", AWS_BEARER_TOKEN_BEDROCK: "b", AWS_SESSION_TOKEN: "s" };
  const config = {
    model: "new",
    baseUrl: stub.url,
    accessKeyId: "AKIDGIVEN",
    secretAccessKey: "x",
  };
  await openEmbedder({ provider: "amazon-bedrock", config }, { env });
  await openEmbedder(
    { provider: "amazon-bedrock", config: { model: "new", baseUrl: stub.url } },
    { env },
  );
  const [given, found] = stub.requests.map(({ headers }) => headers);
  expect(given?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDGIVEN\//);
  expect(given?.["x-amz-security-token"]).toBeUndefined();
  expect(found?.authorization).toBe("Bearer b");
});

describe("a first use without anything set", () => {
  test.each([
    () => openModel("gpt-4o-mini", { env: {} }),
    () => openEmbedder("openai/text-embedding-3-large", { env: {} }),
  ])("says what to set, what else there is, and what needs no key", async (open) => {
    await expect(open()).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: expect.stringMatching(
        /needs a key\. Set OPENAI_API_KEY, or pass .*config: \{ apiKey.*ollama\/.*AI SDK.*embedder: "lexical" with llm: false/,
      ),
    });
  });
});

test.each([
  ["anthropic/claude-haiku-4-5", "ANTHROPIC_API_KEY", "@ai-sdk/anthropic"],
  ["cohere/command-a-03-2025", "COHERE_API_KEY", "@ai-sdk/cohere"],
])(
  "%s needs a package, and the command that installs it is told",
  async (name, variable, needed) => {
    const importPackage = async () => {
      throw Object.assign(new Error("gone"), { code: "ERR_MODULE_NOT_FOUND" });
    };
    await expect(
      openModel(name, { env: { [variable]: "k" }, importPackage }),
    ).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: expect.stringContaining(`npm install ai ${needed}`),
    });
  },
);

test("a package that is there but broken is not told to be missing", async () => {
  const importPackage = async () => {
    throw new SyntaxError("broken");
  };
  const opening = openModel("anthropic", { env: { ANTHROPIC_API_KEY: "k" }, importPackage });
  await expect(opening).rejects.toMatchObject({
    message: expect.stringContaining("does not load"),
    cause: { message: "broken" },
  });
});

test("a project for Vertex that is missing is told with the key that goes without one", async () => {
  await expect(openModel("google-vertex", { env: {} })).rejects.toMatchObject({
    code: "NOT_SUPPORTED",
    message: expect.stringContaining("Set GOOGLE_VERTEX_PROJECT or GOOGLE_VERTEX_API_KEY"),
  });
});

test("headers that the environment adds for OpenAI go to no other service", async () => {
  vi.stubEnv(
    "OPENAI_CUSTOM_HEADERS",
    "Authorization: Bearer gateway\nX-Gateway: secret\nx-own: no",
  );
  const stub = await providerStub(() => answered);
  const headers = { "X-Own": "yes" };
  const config = { apiKey: "k", baseUrl: stub.url, model: "m", headers };
  for (const provider of ["groq", "azure", "openai"])
    await (await openModel({ provider, config }, { env: {} })).generate(question);
  vi.unstubAllEnvs();
  const [groq, azure, openai] = stub.requests.map((request) => request.headers);
  expect(groq).toMatchObject({ authorization: "Bearer k", "x-own": "yes" });
  expect(azure).toMatchObject({ "api-key": "k", "x-own": "yes" });
  expect([groq?.["x-gateway"], azure?.["x-gateway"], azure?.authorization]).toEqual(
    new Array(3).fill(undefined),
  );
  expect(openai).toMatchObject({ "x-gateway": "secret", "x-own": "yes" });
});

test("a blank organisation is none", async () => {
  const stub = await providerStub(() => answered);
  const env = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: stub.url };
  const blank = { OPENAI_ORG_ID: "", OPENAI_PROJECT_ID: " " };
  await (await openModel("gpt-4o-mini", { env: { ...env, ...blank } })).generate(question);
  expect(stub.requests[0]?.headers).not.toHaveProperty("openai-organization");
  expect(stub.requests[0]?.headers).not.toHaveProperty("openai-project");
});

test.each(["openai", "anthropic", "google", "cohere"])(
  "a key of %s with a line break is refused, and nothing that is told repeats it",
  async (provider) => {
    const config = { apiKey: "first-secret\nsecond-secret" };
    const error = await openModel({ provider, config }, { env: {} }).catch((error) => error);
    expect(error).toMatchObject({ code: "INVALID_INPUT" });
    expect(inspect(error, { depth: 9 })).not.toContain("secret");
  },
);

test.each(["localhost:11434", "127.0.0.1:11434", "https://me:secret@example.com", "ftp://x"])(
  "%s is no address to ask, wherever it is given",
  async (address) => {
    const refused = {
      code: "INVALID_INPUT",
      message: expect.stringMatching(/^((?!secret).)*must be an address that begins with http/),
    };
    for (const provider of ["ollama", "anthropic"]) {
      const opening = openModel({ provider, config: { baseUrl: address } }, { env: {} });
      await expect(opening).rejects.toMatchObject(refused);
    }
    const env = { OLLAMA_BASE_URL: address };
    await expect(openModel("ollama", { env })).rejects.toMatchObject(refused);
  },
);

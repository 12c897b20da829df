import { isMemoryError, type LanguageModel } from "@unimem/core";
import { manualRuntime } from "@unimem/core/testing";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { modelProviders } from "./model-providers.ts";
import { openModel } from "./open-model.ts";
import type { ProviderConfig } from "./provider-config.ts";
import {
  chatCompletion,
  key,
  type ModelCase,
  modelCases,
  question,
} from "./testing/model-cases.ts";
import { closedPort, providerStub } from "./testing/provider-stub.ts";

const env = {};
const answer = { colour: "blue", sure: true };
const cases = Object.entries(modelCases);

function open(
  provider: string,
  { config }: ModelCase,
  baseUrl: string,
  more: ProviderConfig = {},
): Promise<LanguageModel> {
  return openModel({ provider, config: { ...config, baseUrl, ...more } }, { env });
}

async function failureOf(work: Promise<unknown>) {
  const error = await work.then(
    () => new Error("resolved"),
    (error: unknown) => error,
  );
  if (!isMemoryError(error)) throw error;
  expect(error.message).not.toContain(key);
  expect(error.message).not.toContain("the sky");
  return error;
}

// What the process has in its environment must not matter: everything is looked up in `env`.
beforeEach(() => {
  for (const { keyVariables, variables = [] } of Object.values(modelProviders))
    for (const name of [...keyVariables, ...variables, "ANTHROPIC_BASE_URL"])
      vi.stubEnv(name, "http://poison.invalid");
  onTestFinished(() => void vi.unstubAllEnvs());
});

test("every provider is proved", () => {
  expect(Object.keys(modelCases).sort()).toEqual(Object.keys(modelProviders).sort());
});

describe.each(cases)("%s", (provider, modelCase) => {
  test("is asked as it wants to be asked, and its answer and usage are understood", async () => {
    const stub = await providerStub(() => ({ body: modelCase.answer(JSON.stringify(answer)) }));
    const model = await open(provider, modelCase, stub.url, { headers: { "x-trace": "7" } });
    expect(model.id).toBe(`${provider}/${modelCase.config.model}`);
    expect(await model.generate(question)).toEqual({
      value: answer,
      usage: { inputTokens: 11, outputTokens: 7 },
    });
    const [{ method, path, headers, body }] = stub.requests as [(typeof stub.requests)[0]];
    expect({ method, path }).toEqual({ method: "POST", path: modelCase.path });
    expect(headers).toMatchObject({ "x-trace": "7", ...modelCase.headers });
    expect(body).toMatchObject(modelCase.body as object);
    expect(stub.requests).toHaveLength(1);
  });

  test.each([
    ["cut off", '{"colour": "bl', "length", /truncated/],
    ["withheld by a filter", "", "filter", /content filter|empty/],
    ["empty", "", "stop", /empty/],
    ["no JSON", "The sky is blue.", "stop", /something else than JSON/],
    ["JSON of another form", '{"color": "blue"}', "stop", /does not fit the schema/],
  ] as const)(
    "an answer that is %s is MODEL_FAILED of that kind",
    async (_, text, finish, kind) => {
      const stub = await providerStub(() => ({ body: modelCase.answer(text, finish) }));
      const model = await open(provider, modelCase, stub.url);
      const error = await failureOf(model.generate(question));
      expect(error.code).toBe("MODEL_FAILED");
      expect(error.message).toMatch(kind);
      expect(error.message).not.toContain("blue");
    },
  );

  test("an answer in a fence is taken out of it", async () => {
    const fenced = `\`\`\`json\n${JSON.stringify(answer, null, 2)}\n\`\`\``;
    const stub = await providerStub(() => ({ body: modelCase.answer(fenced) }));
    const model = await open(provider, modelCase, stub.url);
    expect((await model.generate(question)).value).toEqual(answer);
  });

  test.each([
    [400, /refused the request \(400\)/],
    [401, /refused the key \(401\)/],
    [403, /forbids this \(403\)/],
    [404, /is not there \(404\)/],
    [422, /refused the request \(422\)/],
  ])("%i is told at once, without another try", async (status, message) => {
    const body = { error: { message: `no: ${key} the sky`, code: status }, message: "no" };
    const stub = await providerStub(() => ({ status, body }));
    const model = await open(provider, modelCase, stub.url);
    const error = await failureOf(model.generate(question));
    expect(error.code).toBe("MODEL_FAILED");
    expect(error.message).toMatch(message);
    expect(error.cause).toBeInstanceOf(Error);
    expect(stub.requests).toHaveLength(1);
  });

  test.each([429, 500, 503])(
    "%i is tried again, and told when that does not help",
    async (status) => {
      const wait = { "retry-after-ms": "1", "retry-after": "60" };
      const busy = { status, headers: wait, body: { message: "busy" } };
      const well = { body: modelCase.answer(JSON.stringify(answer)) };
      const mended = await providerStub((_, count) => (count < 3 ? busy : well));
      const model = await open(provider, modelCase, mended.url);
      expect((await model.generate(question)).value).toEqual(answer);
      expect(mended.requests).toHaveLength(3);

      const broken = await providerStub(() => busy);
      const other = await open(provider, modelCase, broken.url, { maxRetries: 1 });
      const error = await failureOf(other.generate(question));
      expect(error).toMatchObject({ code: "MODEL_FAILED" });
      expect(error.message).toContain(`(${status})`);
      expect(broken.requests).toHaveLength(2);
    },
  );

  test.each(["<html>proxy</html>", "", "null", '"text"', "[]", "{}", '{"choices":{"0":1}}'])(
    "%j, which is no answer of a provider, is MODEL_FAILED",
    async (body) => {
      const stub = await providerStub(() => ({ body }));
      const model = await open(provider, modelCase, stub.url, { maxRetries: 0 });
      expect(await failureOf(model.generate(question))).toMatchObject({ code: "MODEL_FAILED" });
    },
  );

  test("nobody there, and a connection that is closed, are MODEL_FAILED and say so", async () => {
    const model = await open(provider, modelCase, await closedPort(), { maxRetries: 0 });
    const error = await failureOf(model.generate(question));
    expect(error.message).toMatch(
      provider === "ollama" ? /ollama serve.*ollama pull llama3.2/ : /cannot be reached/,
    );
    const stub = await providerStub(() => "hangUp");
    const other = await open(provider, modelCase, stub.url, { maxRetries: 0 });
    expect((await failureOf(other.generate(question))).message).toMatch(/cannot be reached/);
  });

  test("silence ends at the deadline", async () => {
    const runtime = manualRuntime();
    const stub = await providerStub(() => "silence");
    const config = { ...modelCase.config, baseUrl: stub.url, timeoutMs: 5_000 };
    const model = await openModel({ provider, config }, { env, runtime });
    const asked = model.generate(question);
    await Promise.race([stub.asked, asked]);
    runtime.advance(5_000);
    const error = await failureOf(asked);
    expect(error.message).toContain("did not answer within 5000 ms");
    expect(error.cause).toMatchObject({ name: "TimeoutError" });
  });

  test("a signal ends the call", async () => {
    const stub = await providerStub(() => "silence");
    const model = await open(provider, modelCase, stub.url);
    const caller = new AbortController();
    const asked = model.generate({ ...question, signal: caller.signal });
    await Promise.race([stub.asked, asked]);
    caller.abort();
    expect(await failureOf(asked)).toMatchObject({ code: "ABORTED" });
  });

  test("a missing key is told with what to do", async () => {
    const {
      keyVariables,
      variables = [],
      packages,
    } = modelProviders[provider] as (typeof modelProviders)[string];
    if (keyVariables.length === 0) return;
    const error = await failureOf(openModel({ provider, model: "any" }, { env }));
    expect(error.code).toBe("NOT_SUPPORTED");
    const named = [...keyVariables, ...variables].filter((name) => error.message.includes(name));
    expect(named).not.toEqual([]);
    expect(error.message).toContain('embedder: "lexical" with llm: false');
    expect(packages.length === 0 || packages[0] === "ai").toBe(true);
  });
});

test("a refusal of OpenAI is named", async () => {
  const stub = await providerStub(() => ({ body: chatCompletion(null, "stop", "I will not.") }));
  const model = await open("openai", modelCases.openai as ModelCase, stub.url);
  const error = await failureOf(model.generate(question));
  expect(error.message).toMatch(/refusal/);
  expect(error.message).not.toContain("I will not");
});

test("Azure gets its key in its own header alone", async () => {
  const stub = await providerStub(() => ({ body: chatCompletion(JSON.stringify(answer)) }));
  const model = await open("azure", modelCases.azure as ModelCase, stub.url);
  await model.generate(question);
  expect(stub.requests[0]?.headers.authorization).toBeUndefined();
});

test("the organisation that the environment names is told to OpenAI and to nobody else", async () => {
  const stub = await providerStub(() => ({ body: chatCompletion(JSON.stringify(answer)) }));
  const organisation = { OPENAI_ORG_ID: "org-1", OPENAI_PROJECT_ID: "proj-1" };
  for (const provider of ["openai", "groq"]) {
    const config = { apiKey: key, baseUrl: stub.url };
    const model = await openModel({ provider, config }, { env: organisation });
    await model.generate(question);
  }
  const told = stub.requests.map(({ headers }) => [
    headers["openai-organization"],
    headers["openai-project"],
  ]);
  expect(told).toEqual([
    ["org-1", "proj-1"],
    [undefined, undefined],
  ]);
});

test("a server that knows no schemas is told the schema in words", async () => {
  const stub = await providerStub(() => ({ body: chatCompletion(JSON.stringify(answer)) }));
  const config = { apiKey: key, baseUrl: stub.url, structuredOutput: "none" } as const;
  const model = await openModel({ provider: "openai", config }, { env });
  expect((await model.generate(question)).value).toEqual(answer);
  expect(stub.requests[0]?.body).toEqual({
    model: "gpt-4o-mini",
    messages: [
      { role: "system", content: expect.stringMatching(/^Name the colour\.\n.*"colour":/s) },
      { role: "user", content: question.prompt },
    ],
  });
});

test("a schema that cannot be sent is MODEL_FAILED before anything is sent", async () => {
  const stub = await providerStub(() => ({ body: chatCompletion("{}") }));
  const model = await open("openai", modelCases.openai as ModelCase, stub.url);
  const schema = z.object({ colour: z.string().optional() });
  const error = await failureOf(model.generate({ ...question, schema }));
  expect(error).toMatchObject({ code: "MODEL_FAILED", cause: expect.any(Error) });
  expect(stub.requests).toEqual([]);
});

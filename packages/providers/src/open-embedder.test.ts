import { type Embedder, isMemoryError } from "@unimem/core";
import { manualRuntime } from "@unimem/core/testing";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { embeddingProviders } from "./embedding-providers.ts";
import { openEmbedder } from "./open-embedder.ts";
import type { ProviderConfig } from "./provider-config.ts";
import { type EmbeddingCase, embeddingCases } from "./testing/embedding-cases.ts";
import { key } from "./testing/model-cases.ts";
import {
  closedPort,
  providerStub,
  type StubReply,
  type StubRequest,
} from "./testing/provider-stub.ts";

const env = {};
const cases = Object.entries(embeddingCases);

/** A vector that tells its text, so that one in the wrong place is seen. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  vector[0] = 1;
  vector[1] = Number(/\d+/.exec(text)?.[0] ?? 0);
  return vector;
}

/** Answers well, but for what `instead` says. Requests for tokens are answered and not counted. */
async function stubFor(
  { aside, textsOf, answer, dimensions }: EmbeddingCase,
  instead: (request: StubRequest, count: number) => StubReply | undefined = () => undefined,
  width = dimensions,
) {
  const requests: StubRequest[] = [];
  const stub = await providerStub((request) => {
    const aid = aside?.(request);
    if (aid !== undefined) return aid;
    requests.push(request);
    const other = instead(request, requests.length);
    if (other !== undefined) return other;
    const texts = textsOf(request.body as never);
    return { body: answer(texts.map((text) => vectorOf(text, width))) };
  });
  return { url: stub.url, asked: stub.asked, requests };
}

function configFor(
  provider: string,
  { config }: EmbeddingCase,
  baseUrl: string,
  more: ProviderConfig = {},
) {
  const token = provider === "watsonx" ? { tokenUrl: baseUrl } : {};
  return { provider, config: { ...config, ...token, baseUrl, ...more } };
}

function open(
  provider: string,
  embeddingCase: EmbeddingCase,
  baseUrl: string,
  more: ProviderConfig = {},
): Promise<Embedder> {
  return openEmbedder(configFor(provider, embeddingCase, baseUrl, more), { env });
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
  for (const { keyVariables, variables = [] } of Object.values(embeddingProviders))
    for (const name of [...keyVariables, ...variables]) vi.stubEnv(name, "http://poison.invalid");
  onTestFinished(() => void vi.unstubAllEnvs());
});

test("every provider that is not in this process is proved", () => {
  const remote = Object.entries(embeddingProviders).filter(([, { local }]) => !local);
  expect(Object.keys(embeddingCases).sort()).toEqual(remote.map(([name]) => name).sort());
});

describe.each(cases)("%s", (provider, embeddingCase) => {
  const { dimensions, most, tokens, resizesTo, config } = embeddingCase;

  test("is asked as it wants to be asked, and nothing is asked to open it", async () => {
    const stub = await stubFor(embeddingCase);
    const embedder = await open(provider, embeddingCase, stub.url, { headers: { "x-trace": "7" } });
    expect(stub.requests).toEqual([]);
    expect(embedder).toMatchObject({ id: `${provider}/${config.model}/${dimensions}`, dimensions });
    const texts = most > 1 ? ["the sky 1", "the sea 2"] : ["the sky 1"];
    const { vectors, tokens: told } = await embedder.embed(texts);
    expect(vectors.map((vector) => Array.from(vector).slice(0, 3))).toEqual(
      texts.map((_, i) => [1, i + 1, 0]),
    );
    expect(vectors[0]).toHaveLength(dimensions);
    expect(told).toBe(tokens && tokens * texts.length);
    const [{ method, path, headers, body }] = stub.requests as [StubRequest];
    expect({ method, path, body }).toEqual({
      method: "POST",
      path: embeddingCase.path,
      body: embeddingCase.body(texts),
    });
    expect(headers).toMatchObject({ "x-trace": "7", ...embeddingCase.headers });
  });

  test("more texts than one request may hold are asked for in several, and come back in order", async () => {
    const stub = await stubFor(embeddingCase, undefined, 2);
    const other = { ...embeddingCase, config: { ...config, model: "new-model" } };
    const embedder = await open(provider, other, stub.url);
    stub.requests.length = 0;
    const texts = Array.from({ length: 2 * most + 1 }, (_, i) => `text ${i}`);
    const { vectors, tokens: told } = await embedder.embed(texts);
    expect(vectors.map((vector) => vector[1])).toEqual(texts.map((_, i) => i));
    expect(told).toBe(tokens && tokens * texts.length);
    expect(stub.requests).toHaveLength(3);
  });

  test("no texts ask for nothing", async () => {
    const stub = await stubFor(embeddingCase);
    const embedder = await open(provider, embeddingCase, stub.url);
    expect((await embedder.embed([])).vectors).toEqual([]);
    expect(stub.requests).toEqual([]);
  });

  test("a model that is not known is asked for one vector to find its dimensions", async () => {
    const stub = await stubFor(embeddingCase, undefined, 5);
    const other = { ...embeddingCase, config: { ...config, model: "new-model" } };
    const embedder = await open(provider, other, stub.url);
    expect(embedder).toMatchObject({ id: `${provider}/new-model/5`, dimensions: 5 });
    expect(stub.requests).toHaveLength(1);
  });

  test("other dimensions are asked for where they can be, and refused where they cannot", async () => {
    const asked = resizesTo ?? 7;
    const stub = await stubFor(embeddingCase, undefined, asked);
    const opening = open(provider, embeddingCase, stub.url, { dimensions: asked });
    if (resizesTo === undefined) {
      expect(await failureOf(opening)).toMatchObject({ code: "INVALID_INPUT" });
      return;
    }
    const embedder = await opening;
    expect(embedder.id).toBe(`${provider}/${config.model}/${asked}`);
    const texts = most > 1 ? ["a", "b"] : ["a"];
    await embedder.embed(texts);
    expect(stub.requests[0]?.body).toEqual(embeddingCase.body(texts, asked));
  });

  test("a count of vectors that is not that of the texts is EMBEDDING_FAILED", async () => {
    const none = { body: embeddingCase.answer([]) };
    const stub = await stubFor(embeddingCase, () => none);
    const embedder = await open(provider, embeddingCase, stub.url);
    expect(await failureOf(embedder.embed(["the sky"]))).toMatchObject({
      code: "EMBEDDING_FAILED",
    });
  });

  test.each([
    [400, /refused the request \(400\).*longer than the model takes/],
    [401, /refused the key \(401\)/],
    [403, /forbids this \(403\)/],
    [404, /is not there \(404\)/],
    [422, /refused the request \(422\)/],
  ])("%i is told at once, without another try", async (status, message) => {
    const body = {
      error: { message: `no: ${key} the sky`, code: status },
      message: "no",
      detail: "no",
    };
    const stub = await stubFor(embeddingCase, () => ({ status, body }));
    const embedder = await open(provider, embeddingCase, stub.url);
    const error = await failureOf(embedder.embed(["the sky"]));
    expect(error.code).toBe("EMBEDDING_FAILED");
    expect(error.message).toMatch(message);
    expect(error.cause).toBeInstanceOf(Error);
    expect(stub.requests).toHaveLength(1);
  });

  test.each([429, 500, 503])(
    "%i is tried again, and told when that does not help",
    async (status) => {
      const headers = { "retry-after-ms": "1", "retry-after": "60" };
      const busy = { status, headers, body: { message: "busy" } };
      const mended = await stubFor(embeddingCase, (_, count) => (count < 3 ? busy : undefined));
      const embedder = await open(provider, embeddingCase, mended.url);
      expect((await embedder.embed(["sky 4"])).vectors[0]?.[1]).toBe(4);
      expect(mended.requests).toHaveLength(3);

      const broken = await stubFor(embeddingCase, () => busy);
      const other = await open(provider, embeddingCase, broken.url, { maxRetries: 1 });
      const error = await failureOf(other.embed(["the sky"]));
      expect(error).toMatchObject({ code: "EMBEDDING_FAILED" });
      expect(error.message).toContain(`(${status})`);
      expect(broken.requests).toHaveLength(2);
    },
  );

  test.each(["<html>proxy</html>", "{}", "null", '{"data": [{}]}'])(
    "the answer %s is EMBEDDING_FAILED",
    async (body) => {
      const stub = await stubFor(embeddingCase, () => ({ body }));
      const embedder = await open(provider, embeddingCase, stub.url);
      const error = await failureOf(embedder.embed(["the sky", "the sea"].slice(0, most)));
      expect(error).toMatchObject({ code: "EMBEDDING_FAILED" });
    },
  );

  test("nobody there, and a connection that is closed, are EMBEDDING_FAILED and say so", async () => {
    const away = await open(provider, embeddingCase, await closedPort(), { maxRetries: 0 });
    expect((await failureOf(away.embed(["the sky"]))).message).toMatch(
      provider === "ollama" ? /ollama serve.*ollama pull nomic-embed-text/ : /cannot be reached/,
    );
    const stub = await stubFor(embeddingCase, () => "hangUp");
    const embedder = await open(provider, embeddingCase, stub.url, { maxRetries: 0 });
    expect((await failureOf(embedder.embed(["the sky"]))).message).toMatch(/cannot be reached/);
  });

  test("silence ends at the deadline, and a signal ends the call", async () => {
    const runtime = manualRuntime();
    for (const end of ["deadline", "signal"] as const) {
      const stub = await stubFor(embeddingCase, () => "silence");
      const choice = configFor(provider, embeddingCase, stub.url, { timeoutMs: 5_000 });
      const embedder = await openEmbedder(choice, { env, runtime });
      const caller = new AbortController();
      const asked = embedder.embed(["the sky"], { signal: caller.signal });
      await Promise.race([stub.asked, asked]);
      if (end === "signal") caller.abort();
      else runtime.advance(5_000);
      const error = await failureOf(asked);
      if (end === "signal") expect(error).toMatchObject({ code: "ABORTED" });
      else expect(error.message).toContain("did not answer within 5000 ms");
    }
  });

  test("a missing key is told with what to do", async () => {
    const { keyVariables, variables = [] } = embeddingProviders[
      provider
    ] as (typeof embeddingProviders)[string];
    if (keyVariables.length === 0) return;
    const error = await failureOf(openEmbedder({ provider, model: "any" }, { env }));
    expect(error.code).toBe("NOT_SUPPORTED");
    const named = [...keyVariables, ...variables].filter((name) => error.message.includes(name));
    expect(named).not.toEqual([]);
    expect(error.message).toContain('embedder: "lexical" with llm: false');
  });
});

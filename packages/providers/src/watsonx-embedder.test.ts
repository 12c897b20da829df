import { manualRuntime } from "@unimem/core/testing";
import { expect, test } from "vitest";
import { openEmbedder } from "./open-embedder.ts";
import { providerStub, type StubReply } from "./testing/provider-stub.ts";

const env = { WATSONX_PROJECT_ID: "project-1", WATSONX_APIKEY: "sk secret+/=" };
const start = Date.parse("2026-01-01T00:00:00Z");

const embedded: StubReply = { body: { results: [{ embedding: new Array(768).fill(1) }] } };

async function open(
  token: (count: number) => StubReply,
  answer: (authorization: string | undefined) => StubReply = () => embedded,
) {
  let tokens = 0;
  const stub = await providerStub(({ path, headers }) =>
    path === "/identity/token" ? token(++tokens) : answer(headers.authorization),
  );
  const runtime = manualRuntime(new Date(start));
  const config = { baseUrl: stub.url, tokenUrl: stub.url };
  const embedder = await openEmbedder({ provider: "watsonx", config }, { env, runtime });
  return { stub, runtime, embedder };
}

test("the key is changed for a token, which serves until a minute before its end", async () => {
  const { stub, runtime, embedder } = await open((count) => ({
    body: { access_token: `token-${count}`, expiration: start / 1000 + count * 3600 },
  }));
  await embedder.embed(["a"]);
  runtime.advance(58 * 60_000);
  await embedder.embed(["b"]);
  runtime.advance(90_000);
  await embedder.embed(["c"]);
  expect(stub.requests.map(({ path }) => path?.split("?")[0])).toEqual([
    "/identity/token",
    "/ml/v1/text/embeddings",
    "/ml/v1/text/embeddings",
    "/identity/token",
    "/ml/v1/text/embeddings",
  ]);
  const [asked, first] = stub.requests;
  expect(asked?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
  expect(asked?.headers.authorization).toBeUndefined();
  expect(Object.fromEntries(new URLSearchParams(String(asked?.body)))).toEqual({
    grant_type: "urn:ibm:params:oauth:grant-type:apikey",
    apikey: "sk secret+/=",
  });
  expect(first?.headers.authorization).toBe("Bearer token-1");
  expect(stub.requests.at(-1)?.headers.authorization).toBe("Bearer token-2");
});

test("a key that IBM does not know is told as such", async () => {
  const body = { errorCode: "BXNIM0415E", errorMessage: "Provided API key could not be found." };
  const { embedder } = await open(() => ({ status: 400, body }));
  await expect(embedder.embed(["the sky"])).rejects.toMatchObject({
    code: "EMBEDDING_FAILED",
    message: expect.stringMatching(/no token for the key \(400\).*WATSONX_API_KEY/),
    cause: { status: 400 },
  });
});

test("what is no token is not kept as one", async () => {
  const page = { headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" };
  const { stub, embedder } = await open((count) =>
    count === 1 ? page : { body: { access_token: "token", expiration: start / 1000 + 3600 } },
  );
  await expect(embedder.embed(["a"])).rejects.toMatchObject({
    code: "EMBEDDING_FAILED",
    message: expect.stringContaining("config.tokenUrl"),
  });
  await embedder.embed(["a"]);
  expect(stub.requests.at(-1)?.headers.authorization).toBe("Bearer token");
});

test("a token that is refused before its end is renewed", async () => {
  const { embedder } = await open(
    (count) => ({ body: { access_token: `token-${count}`, expiration: start / 1000 + 3600 } }),
    (authorization) => (authorization === "Bearer token-1" ? { status: 401 } : embedded),
  );
  await expect(embedder.embed(["a"])).rejects.toMatchObject({ code: "EMBEDDING_FAILED" });
  expect((await embedder.embed(["a"])).vectors).toHaveLength(1);
});

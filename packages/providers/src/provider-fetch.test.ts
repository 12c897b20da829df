import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openEmbedder } from "./open-embedder.ts";
import { openModel } from "./open-model.ts";
import { chatCompletion, question } from "./testing/model-cases.ts";
import { providerStub } from "./testing/provider-stub.ts";

const region = "eu-west-1";

test.each([
  ["openai", {}],
  ["azure", {}],
  ["anthropic", {}],
  ["google", {}],
  ["google-vertex", {}],
  ["amazon-bedrock", { region }],
  ["cohere", {}],
])("a redirect of %s is not followed, with neither key nor texts", async (provider, more) => {
  const elsewhere = await providerStub(() => ({ body: {} }));
  const stub = await providerStub(() => ({ status: 307, headers: { location: elsewhere.url } }));
  const config = { apiKey: "k", baseUrl: stub.url, model: "m", maxRetries: 0, ...more };
  const model = await openModel({ provider, config }, { env: {} });
  await expect(model.generate(question)).rejects.toMatchObject({
    code: "MODEL_FAILED",
    message: expect.stringContaining("leads elsewhere (307)"),
  });
  expect([stub.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
});

test("an answer that is cut off by a lost connection is asked for again", async () => {
  const answer = JSON.stringify({ data: [{ index: 0, embedding: [1, 2] }] });
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": answer.length,
    });
    if (asked > 1) response.end(answer);
    else response.write(answer.slice(0, 9), () => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close().closeAllConnections());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { apiKey: "k", baseUrl, model: "new", dimensions: 2 };
  const embedder = await openEmbedder({ provider: "openai", config }, { env: {} });
  expect((await embedder.embed(["a"])).vectors).toEqual([[1, 2]]);
  expect(asked).toBe(2);
});

test.each([
  { headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" },
  { body: { error: { message: "No credits." } } },
])("what is no answer of the provider, with status 200, is told as such: %j", async (answer) => {
  const stub = await providerStub(() => answer);
  const config = { apiKey: "k", baseUrl: stub.url, model: "new" };
  const cause = { message: expect.stringMatching(/Sign in|No credits/) };
  const message = expect.stringContaining("in a form that is not its own (200)");
  const model = await openModel({ provider: "openai", config }, { env: {} });
  await expect(model.generate(question)).rejects.toMatchObject({ message, cause });
  const opening = openEmbedder({ provider: "openai", config }, { env: {} });
  await expect(opening).rejects.toMatchObject({ message, cause });
});

test("an answer that a provider compressed is read", async () => {
  const { gzipSync } = await import("node:zlib");
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(gzipSync(JSON.stringify(chatCompletion('{"colour": "blue", "sure": null}'))));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close().closeAllConnections());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { apiKey: "k", baseUrl };
  const model = await openModel({ provider: "openai", config }, { env: {} });
  expect((await model.generate(question)).value).toEqual({ colour: "blue", sure: null });
});

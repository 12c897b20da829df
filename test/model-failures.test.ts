// Whatever becomes of the model, a memory is stored and found: every kind of failure that a provider has, at every
// step that asks a model, on every storage that is always there.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Memory } from "unimem";
import { manualRuntime } from "unimem/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  closedPort,
  providerStub,
  type StubReply,
} from "../packages/providers/src/testing/provider-stub.ts";

const said = (content: string, finish_reason = "stop", more: object = {}): StubReply => ({
  body: {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-4o-mini",
    choices: [
      { index: 0, finish_reason, message: { role: "assistant", content, refusal: null, ...more } },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  },
});

const failures: Record<string, StubReply> = {
  "hangs up": "hangUp",
  "is silent": "silence",
  "limits the rate": { status: 429, headers: { "retry-after": "0" }, body: { error: {} } },
  "has an error of its own": { status: 500, body: { error: { message: "overloaded" } } },
  "does not know the key": { status: 401, body: { error: { message: "canary-key" } } },
  refuses: said("", "stop", { content: null, refusal: "I cannot help with that." }),
  "is stopped by a filter": said("", "content_filter"),
  "is cut off": said('{"drafts":[{"draft":1,"scope":"/a', "length"),
  "writes no JSON": said("Sure! I have stored it."),
  "writes another form": said('{"memories":{"a":1},"drafts":{"b":2}}'),
  "answers for others": said('{"memories":[7],"drafts":[{"draft":99}]}'),
  "answers in another protocol": { body: "<html>" },
};

const storages: Record<string, () => string> = {
  "in memory": () => "memory",
  LanceDB() {
    const directory = mkdtempSync(join(tmpdir(), "unimem-failures-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  },
};

/** Of a clock that only the test moves. */
const modelTimeoutMs = 60_000;

function memoryAt(storage: string, baseUrl: string, runtime = manualRuntime()) {
  const memory = new Memory({
    storage,
    embedder: "lexical",
    llm: {
      provider: "openai",
      model: "gpt-4o-mini",
      config: { baseUrl, apiKey: "canary-key", maxRetries: 0 },
    },
    modelTimeoutMs,
    runtime,
    queryAnalysisThreshold: 0, // so that every recall asks
    confidenceThresholdLow: 1,
    confidenceThresholdHigh: 1,
  });
  onTestFinished(() => memory.close());
  const warnings: { step: string; message: string }[] = [];
  memory.on("model.fallback", ({ step, message }) => warnings.push({ step, message }));
  return { memory, warnings };
}

const text = "The canary sings at four in the morning.";

describe.each(Object.entries(storages))("on a storage %s", (_, openStorage) => {
  test.each(Object.entries(failures))("a model that %s costs no memory", async (_, reply) => {
    const runtime = manualRuntime();
    const stub = await providerStub(() => {
      if (reply === "silence") runtime.advance(modelTimeoutMs);
      return reply;
    });
    const { memory, warnings } = memoryAt(openStorage(), `${stub.url}/v1`, runtime);

    const record = await memory.remember(text);
    expect(record).toMatchObject({ content: text, scope: "/", categories: [], importance: 0.5 });
    await memory.rememberMany([`${text} Loudly.`, "Something else altogether."]);
    expect(await memory.extractMemories(text)).toEqual([text]);

    const matches = await memory.recall("When does the canary sing in the morning?");
    expect(matches.map(({ record }) => record.content)).toContain(text);
    expect(await memory.count()).toBe(3);
    expect(stub.requests.length).toBeGreaterThanOrEqual(3);
    expect(warnings.map(({ step }) => step)).toEqual([
      "save",
      "save",
      "extract",
      "analyse",
      "explore",
    ]);
    expect(JSON.stringify(warnings)).not.toMatch(/canary/);
  });

  test("a model that cannot be reached costs no memory", async () => {
    const { memory, warnings } = memoryAt(openStorage(), `${await closedPort()}/v1`);
    await memory.remember(text);
    expect((await memory.recall(text))[0]?.record.content).toBe(text);
    expect(warnings.map(({ step }) => step)).toEqual(["save", "analyse", "explore"]);
  });

  test("a missing key is an error that says what to do, before anything is written", async () => {
    const memory = new Memory({
      storage: openStorage(),
      embedder: "lexical",
      llm: { provider: "anthropic", model: "claude-x", config: {} },
    });
    onTestFinished(() => memory.close());
    await expect(memory.remember(text)).rejects.toMatchObject({
      code: "NOT_SUPPORTED",
      message: expect.stringContaining("ANTHROPIC_API_KEY"),
    });
    expect(await memory.count()).toBe(0);
  });
});

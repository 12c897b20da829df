import { describe, expect, test } from "vitest";
import { z } from "zod";
import { MemoryError } from "../domain/memory-error.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { askModel, isModelTimeout } from "./ask-model.ts";
import type { LanguageModel, ModelRequest } from "./language-model.ts";
import { plainAnswer } from "./plain-answer.ts";

const question = { name: "test", schema: z.object({}), instructions: "do", prompt: "{}" };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp(generate: (request: ModelRequest) => unknown) {
  const runtime = manualRuntime();
  const model = { id: "test", generate } as unknown as LanguageModel;
  const ask = (signal?: AbortSignal) =>
    askModel(model, question, { timeoutMs: 100, runtime, signal });
  return { runtime, ask };
}

describe("askModel", () => {
  test("hands on the question and the answer", async () => {
    const seen: ModelRequest[] = [];
    const answer = { value: { any: 1 }, usage: { inputTokens: 1, outputTokens: 2 } };
    const { ask } = setUp(async (request) => {
      seen.push(request);
      return answer;
    });
    expect(await ask()).toEqual(answer);
    expect(seen).toEqual([{ ...question, signal: expect.any(AbortSignal) }]);
  });

  test("takes an answer of undefined or null for one, which is checked elsewhere", async () => {
    for (const value of [undefined, null])
      expect(await setUp(async () => ({ value })).ask()).toEqual({ value });
  });

  test("makes plain JSON of a value that would run code of its own", async () => {
    const trap = () => {
      throw new Error("trapped");
    };
    const values = [
      new Proxy({}, { get: trap }),
      {
        get drafts() {
          return trap();
        },
      },
      Promise.resolve({ drafts: [] }),
    ];
    for (const value of values) {
      const answer = await setUp(async () => ({ value })).ask();
      expect([undefined, "{}"]).toContain(JSON.stringify(await answer.value));
    }
  });

  test("rejects with MODEL_FAILED where the answer itself cannot be read", async () => {
    const unreadable = {
      get value() {
        throw new Error("trapped");
      },
    };
    await expect(setUp(async () => unreadable).ask()).rejects.toMatchObject({
      code: "MODEL_FAILED",
    });
  });

  test.each([undefined, null, "text", {}, { usage: {} }])(
    "rejects with MODEL_FAILED where the model answers %j",
    async (answer) => {
      await expect(setUp(async () => answer).ask()).rejects.toMatchObject({
        code: "MODEL_FAILED",
        message: "The language model answered without a value.",
      });
    },
  );

  test("rejects with MODEL_FAILED where the model throws, at once or later, and keeps the cause", async () => {
    const cause = new Error("canary");
    const throwing = () => {
      throw cause;
    };
    for (const generate of [throwing, () => Promise.reject(cause)]) {
      const error = await setUp(generate)
        .ask()
        .catch((error) => error);
      expect(error).toMatchObject({ code: "MODEL_FAILED", cause });
      expect(error.message).not.toContain("canary");
      expect(isModelTimeout(error)).toBe(false);
    }
  });

  test("passes on a MemoryError of the model as it is", async () => {
    const error = new MemoryError("NOT_SUPPORTED", "Set a key.");
    await expect(setUp(() => Promise.reject(error)).ask()).rejects.toBe(error);
  });

  test("gives up a silent model after the timeout, and tells it to stop", async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const { ask, runtime } = setUp(({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const answer = ask().catch((error) => error);
    await turn();
    runtime.advance(99);
    expect(signals[0]?.aborted).toBe(false);
    runtime.advance(1);
    expect(await answer).toMatchObject({
      code: "MODEL_FAILED",
      message: "The language model did not answer within 100 ms.",
    });
    expect(isModelTimeout(await answer)).toBe(true);
    expect(signals[0]?.aborted).toBe(true);
  });

  test("gives up with ABORTED as soon as the caller does", async () => {
    const abort = new AbortController();
    const { ask } = setUp(() => new Promise(() => {}));
    const answer = ask(abort.signal);
    abort.abort();
    await expect(answer).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("isModelTimeout", () => {
  test.each([
    undefined,
    new DOMException("late", "TimeoutError"),
    new MemoryError("MODEL_FAILED", "It failed."),
    new MemoryError("EMBEDDING_FAILED", "Late.", {
      cause: new DOMException("late", "TimeoutError"),
    }),
  ])("is false for %o", (error) => {
    expect(isModelTimeout(error)).toBe(false);
  });
});

describe("plainAnswer", () => {
  test("is the JSON that an answer stands for, and undefined for what is none", () => {
    const answer = { a: [1, undefined, Number.NaN], b: undefined, c: new Date(0) };
    expect(plainAnswer(answer)).toEqual({ a: [1, null, null], c: "1970-01-01T00:00:00.000Z" });
    const circle: unknown[] = [];
    circle.push(circle);
    for (const none of [undefined, () => {}, Symbol("x"), 1n, circle])
      expect(plainAnswer(none)).toBeUndefined();
  });

  test("keeps a key that would be a prototype as a plain key", () => {
    const answer = JSON.parse('{"__proto__":{"drafts":[]}}');
    expect(Object.keys(plainAnswer(answer) as object)).toEqual(["__proto__"]);
    expect((plainAnswer(answer) as { drafts?: unknown }).drafts).toBeUndefined();
  });
});

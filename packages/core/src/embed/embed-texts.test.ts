import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isUnit } from "../domain/vector.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { embedTexts, isEmbedderTimeout } from "./embed-texts.ts";
import type { Embedder, Embeddings } from "./embedder.ts";

const failed = expect.objectContaining({ code: "EMBEDDING_FAILED" });
const limits = () => ({ timeoutMs: 100, runtime: manualRuntime() });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Answers for each text with its length in the first of two numbers, so that a vector tells its text. */
function measuring(): Embedder & { calls: (readonly string[])[] } {
  const calls: (readonly string[])[] = [];
  return {
    id: "measuring",
    dimensions: 2,
    calls,
    async embed(texts) {
      calls.push(texts);
      return { vectors: texts.map((text) => [text.length, 1]) };
    },
  };
}

function answering(answer: unknown): Embedder {
  return { id: "answering", dimensions: 2, embed: async () => answer as never };
}

describe("embedTexts", () => {
  test("gives one unit vector per text, in order, from one call for the distinct texts", async () => {
    const text = fc.constantFrom("", "a", "bb", "ccc", "dddd");
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1 }), async (texts) => {
        const embedder = measuring();
        const vectors = await embedTexts(embedder, texts, limits());
        expect(embedder.calls).toEqual([[...new Set(texts)]]);
        expect(vectors.every(isUnit)).toBe(true);
        const lengths = vectors.map(([first = 0, second = 0]) => Math.round(first / second));
        expect(lengths).toEqual(texts.map((text) => text.length));
      }),
    );
  });

  test.each([
    ["nothing", undefined],
    ["no vectors", {}],
    ["vectors that are no list", { vectors: "1" }],
    ["fewer vectors than texts", { vectors: [[1, 0]] }],
    [
      "more vectors than texts",
      {
        vectors: [
          [1, 0],
          [1, 0],
          [1, 0],
        ],
      },
    ],
    [
      "a zero vector",
      {
        vectors: [
          [1, 0],
          [0, 0],
        ],
      },
    ],
    [
      "a vector that is not finite",
      {
        vectors: [
          [1, 0],
          [Number.NaN, 1],
        ],
      },
    ],
    ["no vector in a place", { vectors: [[1, 0], undefined] }],
    ["null for a vector", { vectors: [[1, 0], null] }],
    ["text for a vector", { vectors: [[1, 0], "12"] }],
    ["a hole for a vector", { vectors: Array(2) }],
  ])("refuses an embedder that answers with %s", async (_, answer) => {
    await expect(embedTexts(answering(answer), ["a", "b"], limits())).rejects.toEqual(failed);
  });

  test("tells another width than announced apart", async () => {
    const wide = answering({ vectors: [[1, 0, 0]] });
    await expect(embedTexts(wide, ["a"], limits())).rejects.toMatchObject({
      code: "DIMENSION_MISMATCH",
      details: { expected: 2, actual: 3 },
      message: expect.stringMatching(/embedder.*3 numbers.*dimensions are 2.*Correct/),
    });
  });

  test("keeps what an embedder threw as the cause, and out of the message", async () => {
    const cause = new Error("401 for key canary");
    const embedder: Embedder = {
      ...measuring(),
      embed() {
        throw cause;
      },
    };
    await expect(embedTexts(embedder, ["canary"], limits())).rejects.toMatchObject({
      code: "EMBEDDING_FAILED",
      cause,
      message: expect.not.stringContaining("canary"),
    });
  });

  test("gives up a silent embedder at the timeout, and aborts its signal", async () => {
    const { timeoutMs, runtime } = limits();
    const signals: (AbortSignal | undefined)[] = [];
    const silent: Embedder = {
      ...measuring(),
      embed(_, options) {
        signals.push(options?.signal);
        return new Promise(() => {});
      },
    };
    const outcome = embedTexts(silent, ["a"], { timeoutMs, runtime }).catch((error) => error);
    await turn();
    runtime.advance(timeoutMs);
    const error = await outcome;
    expect(error).toEqual(failed);
    expect(isEmbedderTimeout(error)).toBe(true);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test("gives an embedder that makes several requests the time for each of them", async () => {
    const { timeoutMs, runtime } = limits();
    const { promise, resolve } = Promise.withResolvers<Embeddings>();
    const slow: Embedder = { ...measuring(), embed: () => promise, requests: () => 3 };
    const outcome = embedTexts(slow, ["a", "b", "c"], { timeoutMs, runtime });
    await turn();
    runtime.advance(3 * timeoutMs - 1);
    resolve(await measuring().embed(["a", "b", "c"]));
    expect(await outcome).toHaveLength(3);
  });

  test("rejects with ABORTED when the caller's signal is aborted", async () => {
    const controller = new AbortController();
    const silent: Embedder = { ...measuring(), embed: () => new Promise(() => {}) };
    const outcome = embedTexts(silent, ["a"], { ...limits(), signal: controller.signal });
    controller.abort();
    await expect(outcome).rejects.toMatchObject({ code: "ABORTED" });
  });
});

test("isEmbedderTimeout says no to failures of another kind", async () => {
  const failure = await embedTexts(answering({}), ["a"], limits()).catch((error) => error);
  expect(failure).toEqual(failed);
  expect(isEmbedderTimeout(failure)).toBe(false);
  expect(isEmbedderTimeout(new DOMException("timed out", "TimeoutError"))).toBe(false);
  expect(isEmbedderTimeout(undefined)).toBe(false);
});

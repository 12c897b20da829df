import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { LanguageModel, ModelAnswer } from "../model/language-model.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { EventHub } from "./event-hub.ts";
import { UsageMeter } from "./usage-meter.ts";

const question = { name: "save_memories", schema: z.object({}), instructions: "", prompt: "" };

function setUp(usage?: unknown) {
  const runtime = manualRuntime();
  const events = new EventHub();
  const told: unknown[] = [];
  events.on("usage", (event) => told.push(event));
  const meter = new UsageMeter(events, { runtime, embedderTimeoutMs: 100, modelTimeoutMs: 100 });
  const model: LanguageModel = {
    id: "test",
    generate: async () => {
      runtime.advance(7);
      return { value: "answer", usage } as ModelAnswer;
    },
  };
  const askFor = (operations: readonly number[]) => meter.askFor(operations, async () => model);
  return { meter, told, askFor };
}

describe("UsageMeter", () => {
  test("counts the calls of each operation, and shares those that serve several", async () => {
    const { meter, askFor } = setUp({ inputTokens: 10, outputTokens: 3 });
    const embedder = scriptedEmbedder(async (texts) => ({
      vectors: texts.map(() => new Array(27).fill(1)),
      tokens: 8,
    }));
    for (const operation of [1, 2]) meter.begin(operation);
    await askFor([1])(question);
    await askFor([1, 2])(question);
    await meter.embedFor([1, 2], embedder)(["text"]);
    expect(meter.take(1)).toEqual({ embeddingTokens: 4, inputTokens: 15, outputTokens: 4.5 });
    expect(meter.take(2)).toEqual({ embeddingTokens: 4, inputTokens: 5, outputTokens: 1.5 });
  });

  test("tells of every call, with its step, provider and time", async () => {
    const { askFor, told } = setUp({ inputTokens: 10, outputTokens: 3 });
    expect(await askFor([4, 5])(question)).toBe("answer");
    expect(told).toEqual([
      {
        operations: [4, 5],
        step: "save_memories",
        provider: "test",
        inputTokens: 10,
        outputTokens: 3,
        durationMs: 7,
      },
    ]);
  });

  test.each([
    undefined,
    null,
    {},
    { inputTokens: Number.NaN, outputTokens: -1 },
    { inputTokens: "12", outputTokens: Number.POSITIVE_INFINITY },
  ])("counts nothing where a provider says %j", async (usage) => {
    const { meter, askFor, told } = setUp(usage);
    meter.begin(1);
    await askFor([1])(question);
    expect(meter.take(1)).toEqual({ embeddingTokens: 0, inputTokens: 0, outputTokens: 0 });
    expect(told).toMatchObject([{ inputTokens: 0, outputTokens: 0 }]);
  });

  test("keeps nothing of an operation that is over", async () => {
    const { meter, askFor } = setUp({ inputTokens: 10, outputTokens: 3 });
    const nothing = { embeddingTokens: 0, inputTokens: 0, outputTokens: 0 };
    meter.begin(1);
    meter.take(1);
    await askFor([1])(question);
    expect(meter.take(1)).toEqual(nothing);
  });
});

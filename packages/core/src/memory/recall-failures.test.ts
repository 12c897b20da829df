import { describe, expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { analysis, memoryWithModel, save, settle } from "../testing/memory-with-model.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";

describe("a model that fails", () => {
  const hang = () => new Promise(() => {});
  const failures: [string, unknown][] = [
    ["throws", () => Promise.reject(new Error("429"))],
    ["answers with nothing", undefined],
    ["answers with something else", { answer: 42 }],
  ];
  const options = { explorationBudget: 1, confidenceThresholdLow: 1, confidenceThresholdHigh: 1 };

  test.each(failures)("%s: recall answers as without it, and says so", async (_, answer) => {
    const { memory, fallbacks } = memoryWithModel(
      { analyse_query: answer, find_gaps: answer },
      options,
    );
    await save(memory, "the key hangs behind the clock");
    await save(memory, "the lamp");
    const shallow = await memory.recall("key", { depth: "shallow" });
    expect(await memory.recall("key")).toEqual(shallow);
    expect(fallbacks).toEqual([
      ["analyse", "MODEL_FAILED"],
      ["explore", "MODEL_FAILED"],
    ]);
  });

  test("cannot be made: recall answers all the same", async () => {
    const llm = () => Promise.reject(new Error("no key"));
    const { memory, fallbacks } = memoryWithModel({}, { ...options, llm });
    await save(memory, "aa");
    expect(await memory.recall("aa")).toHaveLength(1);
    expect(fallbacks).toHaveLength(2);
  });

  test("is silent: recall goes on after the timeout", async () => {
    const { memory, runtime, fallbacks } = memoryWithModel({ analyse_query: hang });
    await save(memory, "aa");
    const recalled = memory.recall("aa");
    await settle();
    runtime.advance(30_000);
    expect(await recalled).toHaveLength(1);
    expect(fallbacks).toEqual([["analyse", "MODEL_FAILED"]]);
  });

  test.each([
    ["analyse_query", { analyse_query: hang }],
    ["find_gaps", { analyse_query: analysis, find_gaps: hang }],
  ])(
    "is silent in %s: an abort ends the recall at once, and the model's work",
    async (_, answers) => {
      const { memory, model, fallbacks } = memoryWithModel(answers, options);
      await save(memory, "aa");
      const controller = new AbortController();
      const recalled = memory.recall("aa", { signal: controller.signal });
      await settle();
      controller.abort();
      await expect(recalled).rejects.toMatchObject({ code: "ABORTED" });
      expect(model.calls.at(-1)?.signal?.aborted).toBe(true);
      await settle();
      expect(fallbacks).toEqual([]);
    },
  );
});

describe("while what is missing is searched for", () => {
  const answers = { find_gaps: { missing: [{ fact: "the colour", question: "zzz" }] } };
  const exploring = {
    queryAnalysisThreshold: 1000,
    explorationBudget: 2,
    confidenceThresholdLow: 1,
    confidenceThresholdHigh: 1,
  };

  test("an embedder fails: recall answers with what it has, and says so", async () => {
    const embedder = scriptedEmbedder((texts) =>
      texts.includes("zzz") ? Promise.reject(new Error("429")) : undefined,
    );
    const { memory, fallbacks, asked } = memoryWithModel(answers, { ...exploring, embedder });
    await save(memory, "aa");
    const [match, ...others] = await memory.recall("aa");
    expect([match?.record.content, match?.evidenceGaps, others]).toEqual([
      "aa",
      ["the colour"],
      [],
    ]);
    expect(fallbacks).toEqual([["explore", "EMBEDDING_FAILED"]]);
    expect(asked("find_gaps")).toHaveLength(1);
  });

  test("an abort in a search ends the recall, and no provider is called any more", async () => {
    const storage = inMemoryStorage();
    const searched = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const { memory, model, embedder } = memoryWithModel(answers, {
      ...exploring,
      storage: {
        ...storage,
        async matching() {
          searched.resolve();
          await answered.promise;
          return [];
        },
      },
    });
    await save(memory, "aa");
    const controller = new AbortController();
    const recalled = memory.recall("aa", { signal: controller.signal });
    await searched.promise;
    const embedded = embedder.calls.length;
    controller.abort();
    await expect(recalled).rejects.toMatchObject({ code: "ABORTED" });
    answered.resolve();
    await settle();
    expect(model.calls).toEqual([]);
    expect(embedder.calls).toHaveLength(embedded);
  });
});

test("recall answers although noting when records were last used fails", async () => {
  const storage = inMemoryStorage();
  const touched: number[] = [];
  const { memory, runtime } = memoryWithModel(
    {},
    {
      llm: false,
      storage: {
        ...storage,
        touch(ids) {
          touched.push(ids.length);
          return Promise.reject(new Error("disk full"));
        },
      },
    },
  );
  await save(memory, "aa");
  expect(await memory.recall("aa")).toHaveLength(1);
  runtime.advance(30_000);
  await memory.drainWrites();
  expect(touched).toEqual([1]);
  expect(await memory.recall("aa")).toHaveLength(1);
  await memory.close();
});

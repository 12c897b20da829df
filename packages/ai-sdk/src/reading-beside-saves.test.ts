import { inMemoryStorage, lexicalEmbedder, Memory } from "@unimem/core";
import { manualRuntime, scriptedModel } from "@unimem/core/testing";
import { expect, test } from "vitest";
import { turnMemory } from "./turn-memory.ts";

test("a save that waits for its model holds up the next recall, but not one by a memory beside it", async () => {
  const runtime = manualRuntime();
  const parts = { storage: inMemoryStorage(), embedder: lexicalEmbedder(), runtime };
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<object>();
  const llm = scriptedModel(({ name }) => {
    if (name === "extract_memories") return { memories: ["Rex is ill."] };
    asked.resolve();
    return answered.promise;
  });
  const writer = new Memory({ ...parts, llm });
  const reader = new Memory({ ...parts, llm: false });
  await reader.remember("Ana's dog is called Rex.");

  const alone = turnMemory({ memory: writer, runtime });
  (await alone.begin("How is Rex?")).end("He is ill.");
  await asked.promise;
  const held = alone.begin("What is Ana's dog called?");
  runtime.advance(2000);
  expect((await held).block).toBe("");

  const beside = turnMemory({
    memory: {
      recall: (query, options) => reader.recall(query, options),
      rememberMany: (contents, options) => writer.rememberMany(contents, options),
      extractMemories: (text) => writer.extractMemories(text),
    },
    runtime,
  });
  const turn = await beside.begin("What is Ana's dog called?");
  expect(turn.block).toContain("Ana's dog is called Rex.");
  turn.end("Rex.");
  answered.resolve({});
  await Promise.all([alone.drain(), beside.drain()]);
  expect((await beside.begin("Is Rex ill?")).block).toContain("Rex is ill.");
});

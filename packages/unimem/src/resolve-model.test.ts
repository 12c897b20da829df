import { inMemoryStorage, type LanguageModel, lexicalEmbedder, Memory } from "@unimem/core";
import { describe, expect, test, vi } from "vitest";
import { resolveModel } from "./resolve-model.ts";

type Choice = Parameters<typeof resolveModel>[0];

async function opened(choice: Choice): Promise<LanguageModel> {
  const open = resolveModel(choice);
  if (open === false) throw new Error("no model");
  return open();
}

describe("resolveModel", () => {
  test("takes a model as it is, and none at all", async () => {
    const model: LanguageModel = { id: "mine", generate: async () => ({ value: 1 }) };
    expect(await opened(model)).toBe(model);
    expect(resolveModel(false)).toBe(false);
  });

  test("without a choice it is OpenAI's gpt-4o-mini", async () => {
    vi.stubEnv("OPENAI_API_KEY", "never-sent");
    expect((await opened(undefined)).id).toBe("openai/gpt-4o-mini");
    vi.unstubAllEnvs();
  });

  test("gives a provider the time that it is told", async () => {
    const silent = {
      specificationVersion: "v3",
      provider: "test",
      modelId: "silent",
      doGenerate: () => new Promise<never>(() => {}),
    };
    const memory = new Memory({
      storage: inMemoryStorage(),
      embedder: lexicalEmbedder(),
      llm: resolveModel(silent, 1),
    });
    const told: string[] = [];
    memory.on("model.fallback", ({ message }) => void told.push(message));
    await memory.remember("a fact");
    expect(told).toEqual(["The language model test/silent did not answer within 1 ms."]);
  });

  test("refuses what no provider could be, at once, and an unknown provider on first use", async () => {
    for (const choice of [42, "", " ", null, {}, true, () => {}])
      expect(() => resolveModel(choice as never)).toThrow(
        expect.objectContaining({ code: "INVALID_INPUT" }),
      );
    await expect(opened("nobody/knows")).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

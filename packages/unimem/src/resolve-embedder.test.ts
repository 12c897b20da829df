import { lexicalEmbedder } from "@unimem/core";
import { scriptedEmbedder } from "@unimem/core/testing";
import { describe, expect, test, vi } from "vitest";
import { resolveEmbedder } from "./resolve-embedder.ts";

describe("resolveEmbedder", () => {
  test("takes an embedder as it is, and the lexical one by its name", async () => {
    const embedder = scriptedEmbedder();
    expect(await resolveEmbedder(embedder)()).toBe(embedder);
    expect((await resolveEmbedder("lexical")()).id).toBe(lexicalEmbedder().id);
  });

  test("makes an embedder of a function", async () => {
    const embedder = await resolveEmbedder(async (texts) =>
      texts.map((text) => [1, text.length]),
    )();
    expect(embedder.id).toBe("custom/2");
    expect((await embedder.embed(["abc"])).vectors).toEqual([[1, 3]]);
  });

  test("without a choice it is OpenAI's large one, of 3072 dimensions", async () => {
    vi.stubEnv("OPENAI_API_KEY", "never-sent");
    const embedder = await resolveEmbedder()();
    expect(embedder).toMatchObject({ id: "openai/text-embedding-3-large/3072", dimensions: 3072 });
    vi.unstubAllEnvs();
  });

  test("gives a provider the time that it is told", async () => {
    const silent = async () => new Promise<never>(() => {});
    await expect(resolveEmbedder(silent, 1)()).rejects.toMatchObject({
      code: "EMBEDDING_FAILED",
      message: expect.stringContaining("within 1 ms"),
    });
  });

  test("refuses what no provider could be, at once, and an unknown provider on first use", async () => {
    for (const choice of [42, "", " ", null, {}, true])
      expect(() => resolveEmbedder(choice as never)).toThrow(
        expect.objectContaining({ code: "INVALID_INPUT" }),
      );
    await expect(resolveEmbedder("nobody/knows")()).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});

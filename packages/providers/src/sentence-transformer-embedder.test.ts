import { expect, test } from "vitest";
import { openEmbedder } from "./open-embedder.ts";

interface Call {
  readonly task: string;
  readonly model: string;
  readonly options: object;
}

/** As `@huggingface/transformers`, which is 330 MB with its runtime: the same calls, and vectors that tell texts. */
function fakeTransformers(dimensions: number) {
  const opened: Call[] = [];
  const embedded: { texts: string[]; options: object }[] = [];
  const pipeline = async (task: string, model: string, options: object) => {
    opened.push({ task, model, options });
    return async (texts: string[], options: object) => {
      embedded.push({ texts, options });
      const rows = texts.map((text) => [Number(text), ...new Array(dimensions - 1).fill(1)]);
      return { dims: [texts.length, dimensions], tolist: () => rows };
    };
  };
  return { opened, embedded, importPackage: async () => ({ pipeline }) };
}

test("texts are pooled by their mean, thirty-two at a time, in order", async () => {
  const { opened, embedded, importPackage } = fakeTransformers(384);
  const embedder = await openEmbedder("sentence-transformer", { importPackage });
  expect(embedder.id).toBe("sentence-transformer/Xenova/all-MiniLM-L6-v2/384");
  expect(opened).toEqual([
    { task: "feature-extraction", model: "Xenova/all-MiniLM-L6-v2", options: {} },
  ]);
  const texts = Array.from({ length: 70 }, (_, i) => String(i));
  const { vectors } = await embedder.embed(texts);
  expect(vectors.map((vector) => vector[0])).toEqual(texts.map(Number));
  expect(embedded.map(({ texts }) => texts.length)).toEqual([32, 32, 6]);
  expect(embedded[0]?.options).toEqual({ pooling: "mean", normalize: true });
});

test("another model's dimensions are found by asking, and its precision can be chosen", async () => {
  const { opened, importPackage } = fakeTransformers(5);
  const config = { model: "my/own", dtype: "q8", device: "cpu" };
  const embedder = await openEmbedder(
    { provider: "sentence-transformer", config },
    { importPackage },
  );
  expect(embedder.id).toBe("sentence-transformer/my/own/5");
  expect(opened[0]?.options).toEqual({ dtype: "q8", device: "cpu" });
});

test("a model that cannot be fetched is EMBEDDING_FAILED", async () => {
  const pipeline = async () => {
    throw new Error("Could not locate file");
  };
  const opening = openEmbedder("sentence-transformer", {
    importPackage: async () => ({ pipeline }),
  });
  await expect(opening).rejects.toMatchObject({
    code: "EMBEDDING_FAILED",
    cause: { message: "Could not locate file" },
  });
});

test("the package that is missing is named with the command that installs it", async () => {
  await expect(openEmbedder("sentence-transformer")).rejects.toMatchObject({
    code: "NOT_SUPPORTED",
    message: expect.stringContaining("npm install @huggingface/transformers"),
  });
});

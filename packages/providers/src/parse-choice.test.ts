import { isMemoryError } from "@unimem/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { embeddingProviders } from "./embedding-providers.ts";
import { modelProviders } from "./model-providers.ts";
import { parseConfig, parseName } from "./parse-choice.ts";

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isMemoryError(error, "INVALID_INPUT")) return error.message;
    throw error;
  }
  throw new Error("not refused");
}

describe("a name", () => {
  test.each([
    ["gpt-4o-mini", "openai", "gpt-4o-mini"],
    ["openai/gpt-5", "openai", "gpt-5"],
    ["ollama/llama3.2:1b", "ollama", "llama3.2:1b"],
    ["openrouter/meta-llama/llama-3:free", "openrouter", "meta-llama/llama-3:free"],
    ["gemini/gemini-2.5-pro", "google-generativeai", "gemini-2.5-pro"],
    ["google/gemini-2.5-pro", "google-generativeai", "gemini-2.5-pro"],
    ["anthropic", "anthropic", "claude-haiku-4-5"],
  ])("%s is of %s and the model %s", (name, provider, model) => {
    expect(parseName("llm", name, modelProviders)).toEqual({ provider, model, config: {} });
  });

  test("may have slashes, colons and spaces after its provider", () => {
    const providers = fc.constantFrom(...Object.keys(modelProviders));
    const models = fc.string({ minLength: 1 }).filter((model) => model.trim() !== "");
    fc.assert(
      fc.property(providers, models, (provider, model) => {
        const parsed = parseName("llm", `${provider}/${model}`, modelProviders);
        expect(parsed).toEqual({ provider, model, config: {} });
      }),
    );
  });

  test("of any form is a model or is refused as input", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        try {
          const { provider, model } = parseName("embedder", name, embeddingProviders);
          expect(Object.keys(embeddingProviders)).toContain(provider);
          expect(model.trim()).not.toBe("");
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_INPUT", details: { field: "embedder" } });
        }
      }),
    );
  });

  test.each([
    ["", /must not be blank/],
    ["  ", /must not be blank/],
    ["openai/", /names no model after the slash/],
    ["azure", /needs a model, such as "azure\/NAME"/],
    ["meta-llama/llama-3", /unknown provider "meta-llama". Known: openai, azure,/],
    ["toString/x", /unknown provider "toString"/],
  ])("%j is refused", (name, message) => {
    expect(messageOf(() => parseName("llm", name, modelProviders))).toMatch(message);
  });
});

describe("a configuration", () => {
  test("names its model beside the provider or in config", () => {
    const parsed = { provider: "cohere", model: "embed-v4.0" };
    const rows = embeddingProviders;
    expect(parseConfig("embedder", { ...parsed }, rows)).toMatchObject(parsed);
    const inner = { provider: "cohere", config: { model: "embed-v4.0", apiKey: "k" } };
    expect(parseConfig("embedder", inner, rows)).toMatchObject(parsed);
    expect(parseConfig("embedder", { provider: "cohere" }, rows).model).toBe("embed-v4.0");
  });

  test.each([
    [{ model_name: "m" }, /"model_name". It is called model here/],
    [{ modelName: "m" }, /"modelName". It is called model here/],
    [{ api_key: "secret" }, /"api_key". It is called apiKey here/],
    [{ base_url: "secret" }, /"base_url". It is called baseUrl here/],
    [{ baseURL: "secret" }, /"baseURL". It is called baseUrl here/],
    [{ api_base: "secret" }, /"api_base". It is called baseUrl here/],
    [{ timeout: 3 }, /"timeout". It is called timeoutMs here/],
    [{ region: "eu" }, /unknown key "region". Known: model, timeoutMs, apiKey/],
    [{ toString: 1 }, /unknown key "toString"/],
    [{ apiKey: "" }, /apiKey must be a string that is not blank/],
    [{ apiKey: 42 }, /apiKey must be a string that is not blank/],
    [{ dimensions: 1.5 }, /dimensions must be a whole number above 0/],
    [{ timeoutMs: 0 }, /timeoutMs must be a whole number above 0/],
    [{ maxRetries: -1 }, /maxRetries must be a whole number, 0 or more/],
    [{ headers: { a: 1 } }, /headers must be an object of strings/],
    ["secret", /config must be an object/],
    [["secret"], /config must be an object/],
  ])("%o is refused with the right key and without its value", (config, message) => {
    const choice = { provider: "openai", config };
    const told = messageOf(() => parseConfig("embedder", choice, embeddingProviders));
    expect(told).toMatch(message);
    expect(told).not.toContain("secret");
  });

  test.each([
    [{ provider: "openai", apiKey: "secret" }, /unknown key "apiKey".*go into config/],
    [{ provider: 42 }, /provider must be the name/],
    [{ provider: "openai", model: "" }, /model must be a string/],
    [{ provider: "openai", model: "a", config: { model: "b" } }, /names two models/],
    [{ provider: "lexical", config: { apiKey: "secret" } }, /unknown key "apiKey"/],
  ])("%o is refused", (choice, message) => {
    expect(messageOf(() => parseConfig("embedder", choice, embeddingProviders))).toMatch(message);
  });

  test("keys of AWS and of IBM are known by their other spellings where they are taken", () => {
    const refused = (provider: string, key: string) =>
      messageOf(() =>
        parseConfig("embedder", { provider, config: { [key]: "x" } }, embeddingProviders),
      );
    expect(refused("amazon-bedrock", "aws_access_key_id")).toContain("called accessKeyId here");
    expect(refused("amazon-bedrock", "region_name")).toContain("called region here");
    expect(refused("watsonx", "project_id")).toContain("called projectId here");
    expect(refused("google-vertex", "project_id")).toContain("called project here");
    expect(refused("azure", "deployment_id")).toContain("called model here");
    expect(refused("custom", "embedding_callable")).toContain("called embed here");
  });
});

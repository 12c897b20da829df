import { type Embedder, invalidInput } from "@unimem/core";
import { aiSdkEmbedder } from "./ai-sdk-embedder.ts";
import { aiSdkSettings } from "./ai-sdk-settings.ts";
import type { AiSdkEmbeddingModel, EmbedderChoice } from "./embedder-choice.ts";
import { embeddingProviders } from "./embedding-providers.ts";
import { parseConfig, parseName } from "./parse-choice.ts";
import type { ProviderRow } from "./provider-row.ts";
import { type OpenOptions, openOptions } from "./provider-settings.ts";

/**
 * The embedder that `choice` names. Where its dimensions are not known, one word is embedded to find them.
 *
 * Rejects with `INVALID_INPUT` where the choice itself is wrong, and with `NOT_SUPPORTED` where it needs a key or a
 * package that is not there; the message names the variable to set or the command that installs it. What the
 * provider fails at is `EMBEDDING_FAILED`.
 */
export async function openEmbedder(
  choice: EmbedderChoice,
  options: OpenOptions = {},
): Promise<Embedder> {
  const parts = openOptions(options);
  if (isEmbedder(choice)) return choice;
  if (isAiSdkModel(choice)) {
    const settings = aiSdkSettings("embedder", choice, parts);
    const name = `ai-sdk/${settings.provider}/${settings.model}`;
    const limits = { texts: Number.POSITIVE_INFINITY }; // the SDK cuts requests to the model's own limit
    return aiSdkEmbedder(settings, choice, { name, limits, resizes: false, install: ["ai"] });
  }
  const parsed =
    typeof choice === "string"
      ? parseName("embedder", choice, embeddingProviders)
      : parseConfig("embedder", configOf(choice), embeddingProviders);
  const row = embeddingProviders[parsed.provider] as ProviderRow<Embedder>;
  return row.open({ role: "embedder", ...parsed, keyVariables: row.keyVariables, ...parts });
}

function isEmbedder(choice: unknown): choice is Embedder {
  return typeof (choice as Partial<Embedder> | null)?.embed === "function";
}

function isAiSdkModel(choice: unknown): choice is AiSdkEmbeddingModel {
  return typeof (choice as Partial<AiSdkEmbeddingModel> | null)?.doEmbed === "function";
}

function configOf(choice: unknown): object {
  if (typeof choice === "function") return { provider: "custom", config: { embed: choice } };
  if (typeof choice === "object" && choice !== null && "provider" in choice) return choice;
  throw invalidInput(
    "embedder",
    'embedder must be a name such as "lexical", { provider, model, config }, an embedding model of the AI SDK, a function from texts to vectors, or an object with id, dimensions and embed().',
  );
}

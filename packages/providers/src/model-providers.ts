import type { LanguageModel } from "@unimem/core";
import { aiSdkModel } from "./ai-sdk-model.ts";
import { type AiSdkPackage, aiSdkPackages } from "./ai-sdk-packages.ts";
import { aiSdkProvider } from "./ai-sdk-provider.ts";
import { type CompatibleService, compatibleServices } from "./compatible-services.ts";
import { openaiModel } from "./openai-model.ts";
import type { StructuredOutput } from "./provider-config.ts";
import type { ProviderRow } from "./provider-row.ts";

type ModelProvider = ProviderRow<LanguageModel>;

const services = compatibleServices;

/** The providers of language models, by name. */
export const modelProviders: Readonly<Record<string, ModelProvider>> = {
  openai: compatible(services.openai, "gpt-4o-mini"),
  azure: compatible(services.azure, undefined),
  ollama: compatible(services.ollama, "llama3.2"),
  anthropic: viaAiSdk(aiSdkPackages.anthropic, "claude-haiku-4-5"),
  "google-generativeai": viaAiSdk(aiSdkPackages.google, "gemini-2.5-flash"),
  "google-vertex": viaAiSdk(aiSdkPackages.vertex, "gemini-2.5-flash"),
  "amazon-bedrock": viaAiSdk(aiSdkPackages.bedrock, "amazon.nova-lite-v1:0"),
  cohere: viaAiSdk(aiSdkPackages.cohere, "command-a-03-2025"),
  deepseek: compatible(services.deepseek, "deepseek-chat", "object"),
  // Of its models only some keep to a schema; all of them write JSON.
  groq: compatible(services.groq, "openai/gpt-oss-20b", "object"),
  mistral: compatible(services.mistral, "mistral-small-latest"),
  openrouter: compatible(services.openrouter, "openai/gpt-4o-mini"),
  together: compatible(services.together, "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
  xai: compatible(services.xai, "grok-3-mini"),
};

function compatible(
  service: CompatibleService,
  model: string | undefined,
  structuredOutput: StructuredOutput = "schema",
): ModelProvider {
  return {
    ...service,
    ...(model !== undefined && { model }),
    keys: ["structuredOutput", ...(service.keys ?? [])],
    packages: [],
    open: (settings) => openaiModel(settings, { ...service, structuredOutput }),
  };
}

function viaAiSdk(made: AiSdkPackage, model: string): ModelProvider {
  const packages = ["ai", made.package];
  const { keyVariables, variables = [], keys = [] } = made;
  return {
    ...{ model, keyVariables, variables, keys, packages },
    async open(settings) {
      const provider = await aiSdkProvider(settings, made);
      return aiSdkModel(settings, provider.languageModel(settings.model), packages);
    },
  };
}

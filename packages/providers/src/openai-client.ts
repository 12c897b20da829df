import type { OpenAI } from "openai";
import type { CompatibleService } from "./compatible-services.ts";
import {
  fromEnvironment,
  missingSetting,
  type ProviderSettings,
  requireSetting,
} from "./provider-settings.ts";

/** The client of OpenAI's own library for a service. It repeats what can be repeated and obeys `retry-after`. */
export async function openAIClient(
  settings: ProviderSettings,
  service: CompatibleService,
): Promise<OpenAI> {
  const { config, env, provider } = settings;
  const apiKey =
    service.keyVariables.length > 0
      ? requireSetting(settings, "apiKey", service.keyVariables)
      : (config.apiKey ?? "none");
  const variables = service.baseUrlVariable ? [service.baseUrlVariable] : [];
  const baseURL = config.baseUrl ?? fromEnvironment(env, variables) ?? service.baseUrl;
  if (baseURL === undefined) throw missingSetting(settings, "baseUrl", variables);
  const options = {
    apiKey,
    maxRetries: config.maxRetries ?? 2,
    timeout: Math.min(config.timeoutMs ?? settings.timeoutMs, 2 ** 31 - 1), // timers count no further
    defaultHeaders: config.headers ?? {},
    // Other services have no business with the organisation that the environment names for OpenAI.
    organization: provider === "openai" ? (env.OPENAI_ORG_ID ?? null) : null,
    project: provider === "openai" ? (env.OPENAI_PROJECT_ID ?? null) : null,
  };
  const { OpenAI, AzureOpenAI } = await import("openai");
  if (provider !== "azure")
    return new OpenAI({ ...options, baseURL: provider === "ollama" ? withV1(baseURL) : baseURL });
  const apiVersion =
    config.apiVersion ?? fromEnvironment(env, ["OPENAI_API_VERSION"]) ?? "2024-10-21";
  return new AzureOpenAI({
    ...options,
    apiVersion,
    baseURL: `${baseURL.replace(/\/+$/, "")}/openai`,
  });
}

/** Ollama's users know its address without the path under which it speaks as OpenAI does. */
function withV1(baseUrl: string): string {
  const bare = baseUrl.replace(/\/+$/, "");
  return bare.endsWith("/v1") ? bare : `${bare}/v1`;
}

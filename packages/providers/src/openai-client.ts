import { invalidInput } from "@unimem/core";
import type { OpenAI } from "openai";
import { httpAddress, isHttpAddress } from "./check-config.ts";
import type { CompatibleService } from "./compatible-services.ts";
import { providerFetch } from "./provider-fetch.ts";
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
  if (!isHttpAddress(baseURL))
    throw invalidInput(settings.role, `${variables.join("")} must be ${httpAddress}.`);
  const options = {
    apiKey,
    maxRetries: config.maxRetries ?? 2,
    timeout: Math.min(config.timeoutMs ?? settings.timeoutMs, 2 ** 31 - 1), // timers count no further
    fetch: providerFetch,
    // Other services have no business with what the environment says for OpenAI.
    defaultHeaders: {
      ...(provider !== "openai" && ownHeaders(settings, apiKey)),
      ...config.headers,
    },
    organization: (provider === "openai" && fromEnvironment(env, ["OPENAI_ORG_ID"])) || null,
    project: (provider === "openai" && fromEnvironment(env, ["OPENAI_PROJECT_ID"])) || null,
  };
  const { OpenAI, AzureOpenAI } = await import("openai");
  if (provider !== "azure")
    return new OpenAI({ ...options, baseURL: provider === "ollama" ? withV1(baseURL) : baseURL });
  const apiVersion =
    config.apiVersion ?? fromEnvironment(env, ["OPENAI_API_VERSION"]) ?? "2024-10-21";
  return new AzureOpenAI({
    ...options,
    apiVersion,
    baseURL: `${baseURL.replace(/(\/openai)?\/*$/, "")}/openai`, // some show the address with it
  });
}

/** OpenAI's library adds the headers of this variable to every request: they are taken out, and the key is put back. */
function ownHeaders({ provider }: ProviderSettings, apiKey: string): Record<string, string | null> {
  const lines = process.env.OPENAI_CUSTOM_HEADERS?.split("\n") ?? [];
  const names = lines.flatMap((line) => /^(.*?):/.exec(line)?.[1]?.trim() || []);
  const key = provider === "azure" ? { "api-key": apiKey } : { authorization: `Bearer ${apiKey}` };
  return { ...Object.fromEntries(names.map((name) => [name.toLowerCase(), null])), ...key };
}

/** Ollama's users know its address without the path under which it speaks as OpenAI does. */
function withV1(baseUrl: string): string {
  const bare = baseUrl.replace(/\/+$/, "");
  return bare.endsWith("/v1") ? bare : `${bare}/v1`;
}

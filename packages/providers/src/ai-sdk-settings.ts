import type { openOptions, ProviderSettings, Role } from "./provider-settings.ts";

/** Settings for a model that somebody else has made with the AI SDK. */
export function aiSdkSettings(
  role: Role,
  { provider, modelId }: { readonly provider: string; readonly modelId: string },
  parts: ReturnType<typeof openOptions>,
): ProviderSettings {
  return {
    role,
    // "openai.embedding" and "openai.chat" are of one provider; what follows the dot changes between versions.
    provider: provider.split(".")[0] ?? provider,
    model: modelId,
    config: {},
    keyVariables: [],
    ...parts,
  };
}

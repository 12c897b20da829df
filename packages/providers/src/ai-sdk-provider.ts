import type { AiSdkPackage } from "./ai-sdk-packages.ts";
import type { AiSdkEmbeddingModel } from "./embedder-choice.ts";
import { needPackage } from "./import-package.ts";
import type { AiSdkLanguageModel } from "./model-choice.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What a package of the AI SDK makes models with. */
interface AiSdkProvider {
  languageModel(model: string): AiSdkLanguageModel;
  embeddingModel(model: string): AiSdkEmbeddingModel;
}

export async function aiSdkProvider(
  settings: ProviderSettings,
  { package: name, create, options }: AiSdkPackage,
): Promise<AiSdkProvider> {
  const made = options(settings); // first, because a missing key is better known than a missing package
  const exports = await needPackage<Record<string, (options: object) => AiSdkProvider>>(
    settings.importPackage,
    name,
    {
      neededBy: `${settings.role} "${settings.provider}/${settings.model}"`,
      install: ["ai", name],
    },
  );
  return (exports[create] as (options: object) => AiSdkProvider)(made);
}

import { type Embedder, invalidInput } from "@unimem/core";
import { providerEmbedder } from "./provider-embedder.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/**
 * An embedder made of a function. Its id is `custom/<dimensions>`, or `custom/<model>/<dimensions>` where
 * `model` names it: change that name whenever the function's vectors change, because stores remember it.
 */
export async function customEmbedder(settings: ProviderSettings): Promise<Embedder> {
  const { embed } = settings.config;
  if (embed === undefined)
    throw invalidInput(
      "embedder",
      'embedder "custom" needs a function: pass it alone, or as { provider: "custom", config: { embed, model } }.',
    );
  return providerEmbedder(settings, {
    name: settings.model === "custom" ? "custom" : `custom/${settings.model}`,
    limits: { texts: Number.POSITIVE_INFINITY },
    embedBatch: async (texts, { signal }) => ({ vectors: await embed(texts, { signal }) }),
  });
}

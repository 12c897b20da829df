import type { Embedder } from "@unimem/core";
import { callProvider } from "./call-provider.ts";
import { needPackage } from "./import-package.ts";
import { providerEmbedder } from "./provider-embedder.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** What is used of `@huggingface/transformers`. */
interface Transformers {
  pipeline(
    task: "feature-extraction",
    model: string,
    options: { dtype?: string; device?: string },
  ): Promise<Extractor>;
}

type Extractor = (
  texts: string[],
  options: { pooling: "mean"; normalize: boolean },
) => Promise<{ tolist(): number[][] }>;

// Fetching a model the first time takes as long as it takes; its requests are the library's own.
const loadingMs = 10 * 60_000;

/**
 * A sentence transformer that computes in this process, through `@huggingface/transformers`. The first use
 * fetches the model. The library cuts a text that is longer than the model takes, and cannot be told not to.
 */
export async function sentenceTransformerEmbedder(settings: ProviderSettings): Promise<Embedder> {
  const { model, config, importPackage } = settings;
  const name = "@huggingface/transformers";
  const { pipeline } = await needPackage<Transformers>(importPackage, name, {
    neededBy: 'embedder "sentence-transformer"',
    install: [name],
  });
  const extract = await callProvider(
    { ...settings, config: { ...config, timeoutMs: loadingMs } },
    undefined,
    () =>
      pipeline("feature-extraction", model, {
        ...(config.dtype && { dtype: config.dtype }),
        ...(config.device && { device: config.device }),
      }),
  );
  return providerEmbedder(settings, {
    limits: { texts: 32 },
    async embedBatch(texts) {
      const answer = await extract(texts, { pooling: "mean", normalize: true });
      return { vectors: answer.tolist() };
    },
  });
}

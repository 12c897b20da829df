import type { Embedder, Embeddings } from "@unimem/core";
import type { EmbeddingModel } from "ai";
import type { AiSdkEmbeddingModel } from "./embedder-choice.ts";
import { needPackage } from "./import-package.ts";
import { providerEmbedder } from "./provider-embedder.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import type { BatchLimits } from "./text-batches.ts";

type ProviderOptions = Record<string, Record<string, string | number | boolean>>;

export interface AiSdkEmbedding {
  readonly limits: BatchLimits;
  readonly resizes: boolean;
  /** What only this provider understands; `dimensions` is given where others than the model's own are wanted. */
  readonly optionsFor?: (dimensions: number | undefined) => ProviderOptions;
  readonly install: readonly string[];
  readonly name?: string;
}

// Some providers take one text per request: enough of these at once to be quick, few enough not to be limited.
const parallelRequests = 4;

/** An embedding model of the Vercel AI SDK. */
export async function aiSdkEmbedder(
  settings: ProviderSettings,
  model: AiSdkEmbeddingModel,
  { optionsFor, install, ...source }: AiSdkEmbedding,
): Promise<Embedder> {
  const { embedMany } = await needPackage<typeof import("ai")>(settings.importPackage, "ai", {
    neededBy: "An embedding model of the AI SDK",
    install,
  });
  const { maxRetries = 2 } = settings.config;
  return providerEmbedder(settings, {
    ...source,
    async embedBatch(values, { signal, dimensions }): Promise<Embeddings> {
      const { embeddings, usage } = await embedMany({
        model: model as EmbeddingModel,
        values,
        maxRetries,
        maxParallelCalls: parallelRequests,
        abortSignal: signal,
        ...(optionsFor && { providerOptions: optionsFor(dimensions) }),
      });
      // Not a number where the provider counts none.
      return Number.isFinite(usage.tokens)
        ? { vectors: embeddings, tokens: usage.tokens }
        : { vectors: embeddings };
    },
  });
}

import type { Embedder, Embeddings } from "@unimem/core";
import type { OpenAI } from "openai";
import type { CompatibleService } from "./compatible-services.ts";
import { openAIClient } from "./openai-client.ts";
import { providerEmbedder } from "./provider-embedder.ts";
import { unknownForm } from "./provider-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import type { BatchLimits } from "./text-batches.ts";

export interface EmbeddingService extends CompatibleService {
  readonly limits: BatchLimits;
  readonly resizes: boolean;
  /** Whether it is known to send vectors in base64, which is half as long as digits. */
  readonly base64: boolean;
}

/** An embedding model of a service that speaks as OpenAI does. */
export async function openaiEmbedder(
  settings: ProviderSettings,
  service: EmbeddingService,
): Promise<Embedder> {
  const client = await openAIClient(settings, service);
  return providerEmbedder(settings, {
    limits: service.limits,
    resizes: service.resizes,
    async embedBatch(input, { signal, dimensions }) {
      const body = { model: settings.model, input, ...(dimensions && { dimensions }) };
      // The library asks for base64, and other services may not know that they are asked.
      const answer = service.base64
        ? await client.embeddings.create(body, { signal })
        : await client.post<OpenAI.CreateEmbeddingResponse>("/embeddings", { body, signal });
      if (!Array.isArray(answer?.data)) throw unknownForm(settings, answer);
      return inOrder(answer);
    },
  });
}

function inOrder({ data, usage }: OpenAI.CreateEmbeddingResponse): Embeddings {
  const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  const tokens = usage?.total_tokens;
  return tokens === undefined ? { vectors } : { vectors, tokens };
}

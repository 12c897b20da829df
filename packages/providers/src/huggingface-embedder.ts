import type { Embedder } from "@unimem/core";
import type { CompatibleService } from "./compatible-services.ts";
import { openAIClient } from "./openai-client.ts";
import { providerEmbedder } from "./provider-embedder.ts";
import { failure } from "./provider-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";

export const huggingFace: CompatibleService = {
  baseUrl: "https://router.huggingface.co/hf-inference",
  keyVariables: ["HF_TOKEN", "HUGGINGFACE_API_KEY"],
};

/**
 * A model of Hugging Face's inference service. Its interface is its own, but OpenAI's client sends any request,
 * and repeats it where that can help.
 */
export async function huggingFaceEmbedder(settings: ProviderSettings): Promise<Embedder> {
  const client = await openAIClient(settings, huggingFace);
  const path = settings.model.split("/").map(encodeURIComponent).join("/");
  return providerEmbedder(settings, {
    limits: { texts: 32 }, // the default of the server behind it, text-embeddings-inference
    async embedBatch(inputs, { signal }) {
      // It would else cut a text that is too long, and say nothing.
      const body = { inputs, truncate: false };
      const vectors = await client.post<number[][] | number[][][]>(
        `/models/${path}/pipeline/feature-extraction`,
        { body, signal },
      );
      if (Array.isArray(vectors?.[0]?.[0]))
        throw failure(
          settings,
          "answers with a vector per token. Choose a model that is made for sentences.",
        );
      return { vectors: vectors as number[][] };
    },
  });
}

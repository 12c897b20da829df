import { type Embedder, type Embeddings, invalidInput } from "@unimem/core";
import { callProvider } from "./call-provider.ts";
import { dimensionsOf } from "./known-dimensions.ts";
import { failure } from "./provider-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { type BatchLimits, textBatches } from "./text-batches.ts";

/** What the code of one provider knows: to embed as many texts as fit in one request. */
export interface EmbeddingSource {
  readonly limits: BatchLimits;
  /** Whether the provider can be asked for shorter vectors. */
  readonly resizes?: boolean;
  /** `dimensions` is given where other than the model's own are asked for. */
  embedBatch(
    texts: string[],
    options: { signal: AbortSignal; dimensions: number | undefined },
  ): Promise<Embeddings>;
  /** For models that only their users know, whatever they are called. @default provider and model */
  readonly name?: string;
}

/**
 * An embedder of a provider. The dimensions are those asked for, else those the model is known for, else those
 * of one word that is embedded now. Batches follow each other, and a failing one fails the call.
 */
export async function providerEmbedder(
  settings: ProviderSettings,
  source: EmbeddingSource,
): Promise<Embedder> {
  const { provider, model, config } = settings;
  const own = source.name === undefined ? dimensionsOf(model) : undefined;
  const asked = config.dimensions;
  if (asked !== undefined && own !== undefined && asked !== own && !source.resizes)
    throw invalidInput(
      "embedder",
      `embedder "${provider}/${model}" has ${own} dimensions and cannot be asked for others.`,
    );
  const resized = source.resizes && asked !== own ? asked : undefined;

  async function embedBatch(texts: string[], signal: AbortSignal | undefined): Promise<Embeddings> {
    const answer = await callProvider(settings, signal, (signal) =>
      source.embedBatch(texts, { signal, dimensions: resized }),
    );
    const { vectors } = answer;
    // Counted here, because vectors of one batch must never be taken for those of the next.
    if (!Array.isArray(vectors)) throw failure(settings, "answered without a list of vectors.");
    if (vectors.length !== texts.length)
      throw failure(settings, `answered with ${vectors.length} vectors for ${texts.length} texts.`);
    return answer;
  }

  const dimensions = asked ?? own ?? (await probe());

  async function probe(): Promise<number> {
    const [vector] = (await embedBatch(["word"], undefined)).vectors;
    const length: unknown = vector?.length;
    if (typeof length === "number" && length > 0) return length;
    throw failure(settings, "answered with a vector without numbers.");
  }

  return {
    id: `${source.name ?? `${provider}/${model}`}/${dimensions}`,
    dimensions,
    requests: (texts) => textBatches(texts, source.limits).length,
    async embed(texts, { signal } = {}) {
      const vectors: ArrayLike<number>[] = [];
      let tokens: number | undefined;
      for (const batch of textBatches(texts, source.limits)) {
        const answer = await embedBatch(batch, signal);
        for (const vector of answer.vectors) vectors.push(vector); // too many to be arguments
        if (answer.tokens !== undefined) tokens = (tokens ?? 0) + answer.tokens;
      }
      return tokens === undefined ? { vectors } : { vectors, tokens };
    },
  };
}

import type { Embedder } from "@unimem/core";
import type { ProviderConfig } from "./provider-config.ts";

/** Texts to vectors: one per text, in order, all of one length. */
export type EmbedFunction = (
  texts: readonly string[],
  options: { signal?: AbortSignal },
) => PromiseLike<readonly ArrayLike<number>[]> | readonly ArrayLike<number>[];

/** What unimem sees of an embedding model of the Vercel AI SDK, of any version of its interface since 2. */
export interface AiSdkEmbeddingModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doEmbed(options: never): PromiseLike<unknown>;
}

/** A provider by its name, with what it takes to reach it. */
export interface EmbedderConfig {
  /** A name of docs/guide/providers.md, such as `"cohere"`. */
  readonly provider: string;
  /** Here or in `config`. @default the provider's typical model */
  readonly model?: string | undefined;
  readonly config?: ProviderConfig | undefined;
}

/**
 * What an embedder can be chosen by: a name (`"text-embedding-3-small"` of OpenAI, `"cohere/embed-v4.0"`,
 * `"lexical"`), a configuration, an embedding model of the AI SDK, a function, or an embedder itself.
 */
export type EmbedderChoice =
  | string
  | EmbedderConfig
  | AiSdkEmbeddingModel
  | EmbedFunction
  | Embedder;

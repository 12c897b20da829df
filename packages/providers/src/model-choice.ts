import type { LanguageModel } from "@unimem/core";
import type { ProviderConfig } from "./provider-config.ts";

/** What unimem sees of a language model of the Vercel AI SDK, of any version of its interface since 2. */
export interface AiSdkLanguageModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: never): PromiseLike<unknown>;
}

/** A provider by its name, with what it takes to reach it. */
export interface ModelConfig {
  /** A name of docs/guide/providers.md, such as `"anthropic"`. */
  readonly provider: string;
  /** Here or in `config`. @default the provider's typical model */
  readonly model?: string | undefined;
  readonly config?: ProviderConfig | undefined;
}

/**
 * What a language model can be chosen by: a name (`"gpt-4o-mini"` of OpenAI, `"ollama/llama3.2"`), a
 * configuration, a language model of the AI SDK, or a model itself.
 */
export type ModelChoice = string | ModelConfig | AiSdkLanguageModel | LanguageModel;

export type {
  AiSdkEmbeddingModel,
  EmbedderChoice,
  EmbedderConfig,
  EmbedFunction,
} from "./embedder-choice.ts";
export type { AiSdkLanguageModel, ModelChoice, ModelConfig } from "./model-choice.ts";
export { openEmbedder } from "./open-embedder.ts";
export { openModel } from "./open-model.ts";
export type { ProviderConfig, StructuredOutput } from "./provider-config.ts";
export type { OpenOptions } from "./provider-settings.ts";

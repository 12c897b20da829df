import { type Embedder, lexicalEmbedder } from "@unimem/core";
import { type AiSdkEmbedding, aiSdkEmbedder } from "./ai-sdk-embedder.ts";
import { type AiSdkPackage, aiSdkPackages } from "./ai-sdk-packages.ts";
import { aiSdkProvider } from "./ai-sdk-provider.ts";
import { type CompatibleService, compatibleServices } from "./compatible-services.ts";
import { customEmbedder } from "./custom-embedder.ts";
import { huggingFace, huggingFaceEmbedder } from "./huggingface-embedder.ts";
import { type EmbeddingService, openaiEmbedder } from "./openai-embedder.ts";
import type { ProviderRow } from "./provider-row.ts";
import { sentenceTransformerEmbedder } from "./sentence-transformer-embedder.ts";
import { watsonx, watsonxEmbedder } from "./watsonx-embedder.ts";

type EmbeddingProvider = ProviderRow<Embedder>;

const openaiForm = { limits: { texts: 2048, bytes: 300_000 }, resizes: true, base64: true };

/**
 * The providers of embedders, by name. None of them may cut a text that is too long where it can be told not to.
 * Models that tell questions from documents are always told that they see documents, because core compares
 * both, and an embedder gives one text one vector.
 */
export const embeddingProviders: Readonly<Record<string, EmbeddingProvider>> = {
  openai: compatible(compatibleServices.openai, "text-embedding-3-large", openaiForm),
  azure: compatible(compatibleServices.azure, undefined, openaiForm),
  ollama: compatible(compatibleServices.ollama, "nomic-embed-text", {
    limits: { texts: 64 }, // no limit of its own; this many are done in time on a slow machine
    resizes: false,
    base64: false,
  }),
  "google-generativeai": viaAiSdk(aiSdkPackages.google, "gemini-embedding-001", () => ({
    limits: { texts: 100, bytes: 20_000 },
    optionsFor: (outputDimensionality) => ({ google: without({ outputDimensionality }) }),
  })),
  "google-vertex": viaAiSdk(aiSdkPackages.vertex, "text-embedding-005", (model) => ({
    limits: { texts: model.startsWith("gemini") ? 1 : 250, bytes: 20_000 },
    optionsFor: (outputDimensionality) => ({
      google: without({ outputDimensionality, autoTruncate: false }),
    }),
  })),
  cohere: viaAiSdk(aiSdkPackages.cohere, "embed-v4.0", () => ({
    limits: { texts: 96 },
    optionsFor: (outputDimension) => ({
      cohere: without({ inputType: "search_document", truncate: "NONE", outputDimension }),
    }),
  })),
  voyageai: viaAiSdk(aiSdkPackages.voyage, "voyage-3.5", () => ({
    limits: { texts: 128, bytes: 120_000 },
    optionsFor: (outputDimension) => ({ voyage: without({ truncation: false, outputDimension }) }),
  })),
  "amazon-bedrock": viaAiSdk(aiSdkPackages.bedrock, "amazon.titan-embed-text-v2:0", (model) => ({
    // Others than Cohere's are asked for one text at a time; so many of them are done before the deadline.
    limits: { texts: model.includes("cohere.embed-") ? 96 : 32 },
    optionsFor: (dimensions) => ({ amazonBedrock: without(bedrockForm(model, dimensions)) }),
  })),
  jina: compatible(compatibleServices.jina, "jina-embeddings-v3", {
    limits: { texts: 512 },
    resizes: true,
    base64: false,
  }),
  huggingface: {
    ...huggingFace,
    model: "BAAI/bge-small-en-v1.5",
    packages: [],
    open: huggingFaceEmbedder,
  },
  watsonx: {
    ...watsonx,
    model: "ibm/slate-125m-english-rtrvr",
    packages: [],
    open: watsonxEmbedder,
  },
  "sentence-transformer": {
    model: "Xenova/all-MiniLM-L6-v2",
    keyVariables: [],
    keys: ["dtype", "device"],
    local: true,
    packages: ["@huggingface/transformers"],
    open: sentenceTransformerEmbedder,
  },
  custom: {
    model: "custom",
    keyVariables: [],
    keys: ["embed"],
    local: true,
    packages: [],
    open: customEmbedder,
  },
  lexical: {
    model: "lexical",
    keyVariables: [],
    local: true,
    packages: [],
    open: async ({ config: { dimensions } }) =>
      lexicalEmbedder(dimensions === undefined ? {} : { dimensions }),
  },
};

function compatible(
  service: CompatibleService,
  model: string | undefined,
  form: Omit<EmbeddingService, keyof CompatibleService>,
): EmbeddingProvider {
  return {
    ...service,
    ...(model !== undefined && { model }),
    packages: [],
    open: (settings) => openaiEmbedder(settings, { ...service, ...form }),
  };
}

function viaAiSdk(
  made: AiSdkPackage,
  model: string,
  formOf: (model: string) => Pick<AiSdkEmbedding, "limits" | "optionsFor">,
): EmbeddingProvider {
  const packages = ["ai", made.package];
  const { keyVariables, variables = [], keys = [] } = made;
  return {
    ...{ model, keyVariables, variables, keys, packages },
    async open(settings) {
      const provider = await aiSdkProvider(settings, made);
      const embedding = { ...formOf(settings.model), resizes: true, install: packages };
      return aiSdkEmbedder(settings, provider.embeddingModel(settings.model), embedding);
    },
  };
}

/** Each family of models in Bedrock has its own words. */
function bedrockForm(model: string, dimensions: number | undefined) {
  if (model.includes("cohere.embed-"))
    return { inputType: "search_document", truncate: "NONE", outputDimension: dimensions };
  if (model.includes("amazon.nova-")) return { truncate: "NONE", embeddingDimension: dimensions };
  return { dimensions };
}

function without<Value>(options: Record<string, Value | undefined>): Record<string, Value> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, Value>;
}

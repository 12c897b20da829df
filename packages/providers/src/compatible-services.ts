import type { Reach } from "./provider-row.ts";

/** Where a service answers that speaks as OpenAI does. */
export interface CompatibleService extends Reach {
  /** Absent where every user has an address of their own. */
  readonly baseUrl?: string;
}

export const compatibleServices = {
  openai: {
    baseUrl: "https://api.openai.com/v1",
    baseUrlVariable: "OPENAI_BASE_URL",
    keyVariables: ["OPENAI_API_KEY"],
    variables: ["OPENAI_ORG_ID", "OPENAI_PROJECT_ID"],
  },
  azure: {
    baseUrlVariable: "AZURE_OPENAI_ENDPOINT",
    keyVariables: ["AZURE_OPENAI_API_KEY"],
    variables: ["OPENAI_API_VERSION"],
    keys: ["apiVersion"],
  },
  ollama: {
    baseUrl: "http://127.0.0.1:11434",
    baseUrlVariable: "OLLAMA_BASE_URL",
    keyVariables: [],
  },
  deepseek: { baseUrl: "https://api.deepseek.com/v1", keyVariables: ["DEEPSEEK_API_KEY"] },
  groq: { baseUrl: "https://api.groq.com/openai/v1", keyVariables: ["GROQ_API_KEY"] },
  jina: { baseUrl: "https://api.jina.ai/v1", keyVariables: ["JINA_API_KEY"] },
  mistral: { baseUrl: "https://api.mistral.ai/v1", keyVariables: ["MISTRAL_API_KEY"] },
  openrouter: { baseUrl: "https://openrouter.ai/api/v1", keyVariables: ["OPENROUTER_API_KEY"] },
  together: { baseUrl: "https://api.together.xyz/v1", keyVariables: ["TOGETHER_API_KEY"] },
  xai: { baseUrl: "https://api.x.ai/v1", keyVariables: ["XAI_API_KEY"] },
} as const satisfies Record<string, CompatibleService>;

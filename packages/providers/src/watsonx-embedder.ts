import type { Embedder } from "@unimem/core";
import type { CompatibleService } from "./compatible-services.ts";
import { openAIClient } from "./openai-client.ts";
import { providerEmbedder } from "./provider-embedder.ts";
import { failure, unknownForm } from "./provider-error.ts";
import { type ProviderSettings, requireSetting } from "./provider-settings.ts";

export const watsonx: CompatibleService = {
  baseUrl: "https://us-south.ml.cloud.ibm.com",
  baseUrlVariable: "WATSONX_URL",
  keyVariables: ["WATSONX_API_KEY", "WATSONX_APIKEY"],
  variables: ["WATSONX_PROJECT_ID"],
  keys: ["projectId", "tokenUrl", "apiVersion"],
};

interface Token {
  readonly access_token: string;
  /** Seconds since 1970. */
  readonly expiration: number;
}

interface Answer {
  readonly results: readonly { readonly embedding: number[] }[];
  readonly input_token_count?: number;
}

// A token is renewed before its end, so that it does not end while a request is on its way.
const renewMs = 60_000;

/**
 * A model of IBM watsonx.ai. Its interface is its own, but OpenAI's client sends any request, and repeats it
 * where that can help. The key is changed for a token, which is kept until it ends.
 */
export async function watsonxEmbedder(settings: ProviderSettings): Promise<Embedder> {
  const { config, model, runtime } = settings;
  const client = await openAIClient(settings, watsonx);
  const apikey = requireSetting(settings, "apiKey", watsonx.keyVariables);
  const project_id = requireSetting(settings, "projectId", ["WATSONX_PROJECT_ID"]);
  const tokens = client.withOptions({ baseURL: config.tokenUrl ?? "https://iam.cloud.ibm.com" });
  let token: Token | undefined;

  async function authorization(signal: AbortSignal): Promise<string> {
    if (token === undefined || token.expiration * 1000 - renewMs < runtime.now().getTime())
      token = await newToken(signal);
    return `Bearer ${token.access_token}`;
  }

  async function newToken(signal: AbortSignal): Promise<Token> {
    const grant_type = "urn:ibm:params:oauth:grant-type:apikey";
    const request = {
      body: new URLSearchParams({ grant_type, apikey }),
      headers: { authorization: null },
      signal,
    };
    const answer = await tokens.post<Token>("/identity/token", request).catch((error) => {
      // IBM says 400 where others say 401.
      if ((error as { status?: unknown }).status !== 400) throw error;
      throw failure(
        settings,
        "got no token for the key (400). Check WATSONX_API_KEY or config.apiKey.",
        error,
      );
    });
    // What is kept serves for an hour: anything else than a token would fail every request of it.
    const { access_token, expiration } = answer ?? {};
    if (typeof access_token === "string" && typeof expiration === "number") return answer;
    throw failure(settings, "got something else than a token for the key. Check config.tokenUrl.");
  }

  return providerEmbedder(settings, {
    limits: { texts: 1000 },
    async embedBatch(inputs, { signal }) {
      const request = {
        query: { version: config.apiVersion ?? "2024-05-31" },
        headers: { authorization: await authorization(signal) },
        body: { model_id: model, project_id, inputs },
        signal,
      };
      const answer = await client.post<Answer>("/ml/v1/text/embeddings", request).catch((error) => {
        // A token may be revoked before its end; the next request asks for another.
        if ((error as { status?: unknown }).status === 401) token = undefined;
        throw error;
      });
      if (!Array.isArray(answer?.results)) throw unknownForm(settings, answer);
      const { results, input_token_count: tokens } = answer;
      const vectors = results.map(({ embedding }) => embedding);
      return tokens === undefined ? { vectors } : { vectors, tokens };
    },
  });
}

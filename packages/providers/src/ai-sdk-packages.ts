import { providerFetch } from "./provider-fetch.ts";
import type { Reach } from "./provider-row.ts";
import {
  fromEnvironment,
  missingSetting,
  type ProviderSettings,
  requireSetting,
} from "./provider-settings.ts";

/** A provider that is reached through its package of the Vercel AI SDK. */
export interface AiSdkPackage extends Reach {
  readonly package: string;
  /** Its function that makes a provider. */
  readonly create: string;
  /** What that function is given. It must leave nothing for the package to look up by itself. */
  readonly options: (settings: ProviderSettings) => object;
}

export const aiSdkPackages = {
  anthropic: {
    package: "@ai-sdk/anthropic",
    create: "createAnthropic",
    keyVariables: ["ANTHROPIC_API_KEY"],
    options: keyAt("https://api.anthropic.com/v1"),
  },
  google: {
    package: "@ai-sdk/google",
    create: "createGoogleGenerativeAI",
    keyVariables: ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"],
    options: keyAt("https://generativelanguage.googleapis.com/v1beta"),
  },
  vertex: {
    package: "@ai-sdk/google-vertex",
    create: "createVertex",
    keyVariables: ["GOOGLE_VERTEX_API_KEY"],
    variables: ["GOOGLE_VERTEX_PROJECT", "GOOGLE_VERTEX_LOCATION"],
    keys: ["project", "location", "googleAuthOptions"],
    options: vertexOptions,
  },
  bedrock: {
    package: "@ai-sdk/amazon-bedrock",
    create: "createAmazonBedrock",
    keyVariables: ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID"],
    variables: ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"],
    keys: ["region", "accessKeyId", "secretAccessKey", "sessionToken"],
    options: bedrockOptions,
  },
  cohere: {
    package: "@ai-sdk/cohere",
    create: "createCohere",
    keyVariables: ["COHERE_API_KEY"],
    options: keyAt("https://api.cohere.com/v2"),
  },
  voyage: {
    package: "@ai-sdk/voyage",
    create: "createVoyage",
    keyVariables: ["VOYAGE_API_KEY"],
    options: keyAt("https://api.voyageai.com/v1"),
  },
} as const satisfies Record<string, AiSdkPackage>;

function keyAt(baseUrl: string) {
  return (settings: ProviderSettings): object => ({
    apiKey: requireSetting(settings, "apiKey", settings.keyVariables),
    baseURL: settings.config.baseUrl ?? baseUrl,
    headers: settings.config.headers,
    fetch: providerFetch,
  });
}

/** A key of Vertex's express mode, or else a project, a place and the machine's own credentials. */
function vertexOptions(settings: ProviderSettings): object {
  const { config, env, keyVariables } = settings;
  const common = { baseURL: config.baseUrl, headers: config.headers, fetch: providerFetch };
  const apiKey = config.apiKey ?? fromEnvironment(env, keyVariables);
  if (apiKey !== undefined) return { ...common, apiKey };
  return {
    ...common,
    apiKey: "", // not absent, because the package would then look for one
    // That no key is set is known; its variable is there to be named.
    project: requireSetting(settings, "project", ["GOOGLE_VERTEX_PROJECT", ...keyVariables]),
    location: requireSetting(settings, "location", ["GOOGLE_VERTEX_LOCATION"]),
    googleAuthOptions: config.googleAuthOptions,
  };
}

/** A key of Bedrock itself, or else keys of AWS. */
function bedrockOptions(settings: ProviderSettings): object {
  const { config, env } = settings;
  const region = requireSetting(settings, "region", ["AWS_REGION"]);
  const { baseUrl: baseURL, headers } = config;
  const common = { region, baseURL, headers, fetch: providerFetch };
  // Keys that are given are used whatever the environment holds, and never mixed with its keys.
  const given = config.accessKeyId !== undefined;
  const lookUp = (name: string) => (given ? undefined : fromEnvironment(env, [name]));
  const apiKey = config.apiKey ?? lookUp("AWS_BEARER_TOKEN_BEDROCK");
  if (apiKey !== undefined) return { ...common, apiKey };
  const accessKeyId = config.accessKeyId ?? lookUp("AWS_ACCESS_KEY_ID");
  if (accessKeyId === undefined) throw missingSetting(settings, "apiKey", settings.keyVariables);
  const secretAccessKey = config.secretAccessKey ?? lookUp("AWS_SECRET_ACCESS_KEY");
  if (secretAccessKey === undefined)
    throw missingSetting(settings, "secretAccessKey", ["AWS_SECRET_ACCESS_KEY"]);
  const sessionToken = config.sessionToken ?? lookUp("AWS_SESSION_TOKEN");
  return { ...common, apiKey: "", accessKeyId, secretAccessKey, sessionToken };
}

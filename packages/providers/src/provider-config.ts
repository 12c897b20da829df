import { invalidInput } from "@unimem/core";
import type { EmbedFunction } from "./embedder-choice.ts";

/** How to reach a provider. Each provider takes a part of these keys, and refuses the others. */
export interface ProviderConfig {
  /** The model's name, as the provider spells it. For Azure: the name of the deployment. */
  readonly model?: string | undefined;
  /** @default the provider's variable, such as `OPENAI_API_KEY` */
  readonly apiKey?: string | undefined;
  /** Where the provider answers, for proxies and compatible servers. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request, besides those of the provider. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds that one request may take, repetitions included. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** How often a request is repeated after 429, 5xx and lost connections. @default 2 */
  readonly maxRetries?: number | undefined;
  /** Embedders: numbers in a vector. @default what the model is known for, else found by embedding one word */
  readonly dimensions?: number | undefined;
  /**
   * OpenAI-compatible models: whether the server keeps to a JSON schema (`"schema"`), to JSON alone (`"object"`),
   * or to neither (`"none"`; the schema is then told in words only). @default what the service is known for
   */
  readonly structuredOutput?: StructuredOutput | undefined;
  /** Azure and watsonx: the version of their API. */
  readonly apiVersion?: string | undefined;
  /** Amazon Bedrock. @default `AWS_REGION` */
  readonly region?: string | undefined;
  /** Amazon Bedrock. @default `AWS_ACCESS_KEY_ID` */
  readonly accessKeyId?: string | undefined;
  /** Amazon Bedrock. @default `AWS_SECRET_ACCESS_KEY` */
  readonly secretAccessKey?: string | undefined;
  /** Amazon Bedrock. @default `AWS_SESSION_TOKEN`, with the keys of the environment */
  readonly sessionToken?: string | undefined;
  /** Google Vertex. @default `GOOGLE_VERTEX_PROJECT` */
  readonly project?: string | undefined;
  /** Google Vertex. @default `GOOGLE_VERTEX_LOCATION` */
  readonly location?: string | undefined;
  /** Google Vertex: options of `google-auth-library`. @default the machine's own credentials */
  readonly googleAuthOptions?: object | undefined;
  /** watsonx: the project to charge. @default `WATSONX_PROJECT_ID` */
  readonly projectId?: string | undefined;
  /** watsonx: where keys become tokens. @default "https://iam.cloud.ibm.com" */
  readonly tokenUrl?: string | undefined;
  /** sentence-transformer: the weights' precision, such as `"fp32"` or `"q8"`. @default as the library chooses */
  readonly dtype?: string | undefined;
  /** sentence-transformer: where it computes, such as `"cpu"`. @default as the library chooses */
  readonly device?: string | undefined;
  /** custom: texts to vectors. */
  readonly embed?: EmbedFunction | undefined;
}

export type StructuredOutput = "schema" | "object" | "none";
export type ConfigKey = keyof ProviderConfig;

// How other libraries spell what is meant; compared in lower case and without "_" and "-".
const otherSpellings: Readonly<Record<string, ConfigKey>> = {
  modelname: "model",
  modelid: "model",
  deployment: "model",
  deploymentid: "model",
  deploymentname: "model",
  key: "apiKey",
  token: "apiKey",
  url: "baseUrl",
  apibase: "baseUrl",
  apiurl: "baseUrl",
  endpoint: "baseUrl",
  host: "baseUrl",
  timeout: "timeoutMs",
  retries: "maxRetries",
  outputdimension: "dimensions",
  outputdimensionality: "dimensions",
  regionname: "region",
  awsregion: "region",
  awsaccesskeyid: "accessKeyId",
  awssecretaccesskey: "secretAccessKey",
  awssessiontoken: "sessionToken",
  projectid: "project",
  region: "location",
  embeddingcallable: "embed",
};

/** Refuses a key that the provider does not take, and tells the right spelling where that can be guessed. */
export function checkConfig(
  config: unknown,
  known: readonly ConfigKey[],
  role: string,
): asserts config is ProviderConfig {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw invalidInput(
      role,
      `${role}.config must be an object such as { model, apiKey, baseUrl }.`,
    );
  for (const [key, value] of Object.entries(config)) {
    if (!known.includes(key as ConfigKey)) throw unknownKey(key, known, role);
    if (value !== undefined && !isValid(key as ConfigKey, value))
      throw invalidInput(role, `${role}.config.${key} must be ${kindOf(key as ConfigKey)}.`);
  }
}

function unknownKey(key: string, known: readonly ConfigKey[], role: string): Error {
  const plain = key.toLowerCase().replace(/[_-]/g, "");
  const other = Object.hasOwn(otherSpellings, plain) ? otherSpellings[plain] : undefined;
  const meant = known.find((each) => each.toLowerCase() === plain || each === other);
  const remedy = meant ? `It is called ${meant} here.` : `Known: ${known.join(", ")}.`;
  const named = JSON.stringify(key.slice(0, 40));
  return invalidInput(role, `${role}.config has the unknown key ${named}. ${remedy}`);
}

function kindOf(key: ConfigKey): string {
  switch (key) {
    case "timeoutMs":
    case "dimensions":
      return "a whole number above 0";
    case "maxRetries":
      return "a whole number, 0 or more";
    case "headers":
      return "an object of strings";
    case "structuredOutput":
      return '"schema", "object" or "none"';
    case "googleAuthOptions":
      return "an object";
    case "embed":
      return "a function from texts to vectors";
    default:
      return "a string that is not blank";
  }
}

function isValid(key: ConfigKey, value: unknown): boolean {
  switch (key) {
    case "timeoutMs":
    case "dimensions":
      return Number.isSafeInteger(value) && (value as number) > 0;
    case "maxRetries":
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case "headers":
      return isObject(value) && Object.values(value).every((each) => typeof each === "string");
    case "structuredOutput":
      return value === "schema" || value === "object" || value === "none";
    case "googleAuthOptions":
      return isObject(value);
    case "embed":
      return typeof value === "function";
    default:
      return typeof value === "string" && value.trim() !== "";
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

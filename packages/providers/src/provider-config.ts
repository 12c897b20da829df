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
  /** Milliseconds that one request may take, repetitions included. @default the caller's, else 30000 */
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

import type { ModelRequest } from "@unimem/core";
import { expect } from "vitest";
import { z } from "zod";
import type { ProviderConfig } from "../provider-config.ts";

/** How a model's answer ends, in no provider's own words. */
export type Finish = "stop" | "length" | "filter";

/** What one provider is sent for {@link question}, and what it sends back. */
export interface ModelCase {
  readonly config: ProviderConfig;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** A part of the body. */
  readonly body: unknown;
  readonly answer: (text: string, finish?: Finish) => unknown;
}

export const question: ModelRequest = {
  name: "colour",
  schema: z.object({ colour: z.string(), sure: z.boolean().nullable() }),
  instructions: "Name the colour.",
  prompt: '{"text":"the sky"}',
};

export const key = "sk-this-is-secret";

const schema = {
  type: "object",
  properties: {
    colour: { type: "string" },
    sure: { type: ["boolean", "null"] },
  },
  required: ["colour", "sure"],
  additionalProperties: false,
};
const bearer = { authorization: `Bearer ${key}` };
const messages = [
  { role: "system", content: question.instructions },
  { role: "user", content: question.prompt },
];

export function chatCompletion(text: string | null, finish: Finish = "stop", refusal?: string) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "as-asked",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: text, refusal: refusal ?? null },
        finish_reason: { stop: "stop", length: "length", filter: "content_filter" }[finish],
      },
    ],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  };
}

function compatible(
  model: string,
  path = "/chat/completions",
  form: "schema" | "object" = "schema",
): ModelCase {
  const heldToSchema = {
    type: "json_schema",
    json_schema: { name: "colour", strict: true, schema },
  };
  const body =
    form === "schema"
      ? { model, messages, response_format: heldToSchema }
      : {
          model,
          messages: [{ role: "system" }, messages[1]],
          response_format: { type: "json_object" },
        };
  return { config: { model, apiKey: key }, path, headers: bearer, body, answer: chatCompletion };
}

function gemini(text: string, finish: Finish = "stop") {
  return {
    candidates: [
      {
        content: { role: "model", parts: [{ text }] },
        finishReason: { stop: "STOP", length: "MAX_TOKENS", filter: "SAFETY" }[finish],
      },
    ],
    usageMetadata: { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 },
  };
}

const geminiBody = {
  systemInstruction: { parts: [{ text: question.instructions }] },
  contents: [{ role: "user", parts: [{ text: question.prompt }] }],
  generationConfig: { responseMimeType: "application/json" },
};

/** A case for every provider of language models. */
export const modelCases: Readonly<Record<string, ModelCase>> = {
  openai: compatible("gpt-4o-mini"),
  azure: {
    ...compatible(
      "my-deployment",
      "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21",
    ),
    headers: { "api-key": key },
  },
  ollama: { ...compatible("llama3.2", "/v1/chat/completions") },
  deepseek: compatible("deepseek-chat", "/chat/completions", "object"),
  groq: compatible("openai/gpt-oss-20b", "/chat/completions", "object"),
  mistral: compatible("mistral-small-latest"),
  openrouter: compatible("openai/gpt-4o-mini"),
  together: compatible("meta-llama/Llama-3.3-70B-Instruct-Turbo"),
  xai: compatible("grok-3-mini"),
  anthropic: {
    config: { model: "claude-haiku-4-5", apiKey: key },
    path: "/messages",
    headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
    body: {
      model: "claude-haiku-4-5",
      system: [{ type: "text", text: question.instructions }],
      messages: [{ role: "user", content: [{ type: "text", text: question.prompt }] }],
      output_config: { format: { type: "json_schema", schema } },
    },
    answer: (text, finish = "stop") => ({
      type: "message",
      id: "msg_1",
      role: "assistant",
      model: "claude-haiku-4-5",
      content: text === "" ? [] : [{ type: "text", text }],
      stop_reason: { stop: "end_turn", length: "max_tokens", filter: "refusal" }[finish],
      stop_sequence: null,
      usage: { input_tokens: 11, output_tokens: 7 },
    }),
  },
  "google-generativeai": {
    config: { model: "gemini-2.5-flash", apiKey: key },
    path: "/models/gemini-2.5-flash:generateContent",
    headers: { "x-goog-api-key": key },
    body: geminiBody,
    answer: gemini,
  },
  "google-vertex": {
    config: {
      model: "gemini-2.5-flash",
      project: "my-project",
      location: "europe-west1",
      googleAuthOptions: { authClient: { getAccessToken: async () => ({ token: key }) } },
    },
    path: "/models/gemini-2.5-flash:generateContent",
    headers: bearer,
    body: geminiBody,
    answer: gemini,
  },
  "amazon-bedrock": {
    config: {
      model: "amazon.nova-lite-v1:0",
      region: "eu-west-1",
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: key,
    },
    path: "/model/amazon.nova-lite-v1%3A0/converse",
    headers: {
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=.*, Signature=[0-9a-f]{64}$/,
      ),
    },
    body: {
      system: [{ text: question.instructions }],
      messages: [{ role: "user", content: [{ text: question.prompt }] }],
      toolConfig: {
        tools: [{ toolSpec: { name: "json", inputSchema: { json: schema } } }],
        toolChoice: { any: {} },
      },
    },
    answer: (text, finish = "stop") => ({
      output: {
        message: { role: "assistant", content: text === "" ? [] : [converseContent(text)] },
      },
      stopReason: { stop: "end_turn", length: "max_tokens", filter: "content_filtered" }[finish],
      usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 },
    }),
  },
  cohere: {
    config: { model: "command-a-03-2025", apiKey: key },
    path: "/chat",
    headers: bearer,
    body: {
      model: "command-a-03-2025",
      messages,
      response_format: { type: "json_object", json_schema: schema },
    },
    answer: (text, finish = "stop") => ({
      generation_id: "1",
      message: { role: "assistant", content: text === "" ? [] : [{ type: "text", text }] },
      finish_reason: { stop: "COMPLETE", length: "MAX_TOKENS", filter: "ERROR_TOXIC" }[finish],
      usage: {
        billed_units: { input_tokens: 11, output_tokens: 7 },
        tokens: { input_tokens: 11, output_tokens: 7 },
      },
    }),
  },
};

/** Bedrock's models answer a schema by calling a tool, and anything else in words. */
function converseContent(text: string): object {
  try {
    return { toolUse: { toolUseId: "1", name: "json", input: JSON.parse(text) } };
  } catch {
    return { text };
  }
}

import type { LanguageModel, ModelAnswer, ModelRequest } from "@unimem/core";
import type { OpenAI } from "openai";
import { callProvider } from "./call-provider.ts";
import { checkedAnswer, withSchemaInWords } from "./checked-answer.ts";
import type { CompatibleService } from "./compatible-services.ts";
import { openAIClient } from "./openai-client.ts";
import type { StructuredOutput } from "./provider-config.ts";
import { failure, unknownForm } from "./provider-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** A model of a service that speaks as OpenAI does, through chat completions, which all of them have. */
export async function openaiModel(
  settings: ProviderSettings,
  service: CompatibleService & { readonly structuredOutput: StructuredOutput },
): Promise<LanguageModel> {
  const client = await openAIClient(settings, service);
  const form = settings.config.structuredOutput ?? service.structuredOutput;
  return {
    id: `${settings.provider}/${settings.model}`,
    async generate(request) {
      const completion = await callProvider(settings, request.signal, async (signal) =>
        client.chat.completions.create(await chatRequest(settings.model, form, request), {
          signal,
        }),
      );
      return answerOf(settings, completion, request);
    },
  };
}

async function chatRequest(model: string, form: StructuredOutput, request: ModelRequest) {
  const { name, schema, prompt } = request;
  const instructions = form === "schema" ? request.instructions : await withSchemaInWords(request);
  const messages = [
    { role: "system" as const, content: instructions },
    { role: "user" as const, content: prompt },
  ];
  if (form === "none") return { model, messages };
  if (form === "object")
    return { model, messages, response_format: { type: "json_object" as const } };
  const { zodResponseFormat } = await import("openai/helpers/zod");
  return { model, messages, response_format: zodResponseFormat(schema, name) };
}

function answerOf(
  settings: ProviderSettings,
  completion: Partial<OpenAI.ChatCompletion> | null,
  request: ModelRequest,
): ModelAnswer {
  const { choices, usage } = completion ?? {};
  if (!Array.isArray(choices)) throw unknownForm(settings, completion);
  const [choice] = choices;
  const { content, refusal } = choice?.message ?? {};
  if (refusal) throw failure(settings, "refused to answer (refusal).");
  const value = checkedAnswer(settings, request, {
    text: typeof content === "string" ? content : "",
    finish: choice?.finish_reason,
  });
  if (!usage) return { value };
  return {
    value,
    usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens },
  };
}

import type { LanguageModel, ModelAnswer } from "@unimem/core";
import type { LanguageModel as SdkModel } from "ai";
import { callProvider } from "./call-provider.ts";
import { checkedAnswer } from "./checked-answer.ts";
import { needPackage } from "./import-package.ts";
import type { AiSdkLanguageModel } from "./model-choice.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** A language model of the Vercel AI SDK. */
export async function aiSdkModel(
  settings: ProviderSettings,
  model: AiSdkLanguageModel,
  install: readonly string[] = ["ai"],
): Promise<LanguageModel> {
  const { generateText, NoObjectGeneratedError, Output } = await needPackage<typeof import("ai")>(
    settings.importPackage,
    "ai",
    { neededBy: "A model of the AI SDK", install },
  );
  const { maxRetries = 2 } = settings.config;
  return {
    id: `${settings.provider}/${settings.model}`,
    async generate(request) {
      const { name, schema, instructions, prompt } = request;
      const answer = await callProvider(settings, request.signal, async (abortSignal) => {
        try {
          return await generateText({
            model: model as SdkModel,
            output: Output.object({ name, schema }),
            instructions,
            prompt,
            maxRetries,
            abortSignal,
          });
        } catch (error) {
          // It found no JSON that fits; what the model wrote may still be JSON in a fence.
          if (NoObjectGeneratedError.isInstance(error)) return error;
          throw error;
        }
      });
      const { text = "", finishReason: finish } = answer;
      const value = checkedAnswer(settings, request, { text, finish });
      return withUsage(value, answer.usage);
    },
  };
}

function withUsage(
  value: unknown,
  usage: { inputTokens: number | undefined; outputTokens: number | undefined } | undefined,
): ModelAnswer {
  const { inputTokens, outputTokens } = usage ?? {};
  if (inputTokens === undefined || outputTokens === undefined) return { value };
  return { value, usage: { inputTokens, outputTokens } };
}

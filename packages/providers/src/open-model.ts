import { invalidInput, type LanguageModel } from "@unimem/core";
import { aiSdkModel } from "./ai-sdk-model.ts";
import { aiSdkSettings } from "./ai-sdk-settings.ts";
import type { AiSdkLanguageModel, ModelChoice } from "./model-choice.ts";
import { modelProviders } from "./model-providers.ts";
import { parseConfig, parseName } from "./parse-choice.ts";
import type { ProviderRow } from "./provider-row.ts";
import { type OpenOptions, openOptions } from "./provider-settings.ts";

/**
 * The language model that `choice` names. Nothing is asked of the provider yet.
 *
 * Rejects with `INVALID_INPUT` where the choice itself is wrong, and with `NOT_SUPPORTED` where it needs a key or a
 * package that is not there; the message names the variable to set or the command that installs it. What the
 * model fails at later is `MODEL_FAILED`, and its message names the kind.
 */
export async function openModel(
  choice: ModelChoice,
  options: OpenOptions = {},
): Promise<LanguageModel> {
  const parts = openOptions(options);
  if (isModel(choice)) return choice;
  if (isAiSdkModel(choice)) return aiSdkModel(aiSdkSettings("llm", choice, parts), choice);
  const parsed =
    typeof choice === "string"
      ? parseName("llm", choice, modelProviders)
      : parseConfig("llm", checked(choice), modelProviders);
  const row = modelProviders[parsed.provider] as ProviderRow<LanguageModel>;
  return row.open({ role: "llm", ...parsed, keyVariables: row.keyVariables, ...parts });
}

function isModel(choice: unknown): choice is LanguageModel {
  return typeof (choice as Partial<LanguageModel> | null)?.generate === "function";
}

function isAiSdkModel(choice: unknown): choice is AiSdkLanguageModel {
  return typeof (choice as Partial<AiSdkLanguageModel> | null)?.doGenerate === "function";
}

function checked(choice: unknown): object {
  if (typeof choice === "object" && choice !== null && "provider" in choice) return choice;
  throw invalidInput(
    "llm",
    'llm must be a name such as "gpt-4o-mini", { provider, model, config }, a language model of the AI SDK, or an object with generate().',
  );
}

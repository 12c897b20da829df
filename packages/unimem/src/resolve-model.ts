import { invalidInput, type LanguageModel } from "@unimem/core";
import type { ModelChoice } from "@unimem/providers";

/**
 * The language model to use, made on first use; `false` for none. Providers are loaded only where one is chosen;
 * `timeoutMs` is what a request may take where their configuration does not say.
 */
export function resolveModel(
  choice: ModelChoice | false = "gpt-4o-mini",
  timeoutMs?: number,
): (() => Promise<LanguageModel>) | false {
  if (choice === false) return false;
  if (!isChoice(choice))
    throw invalidInput(
      "llm",
      'llm must be false, a name such as "gpt-4o-mini", { provider, model, config }, a language model of the AI SDK, or an object with generate().',
    );
  return async () => {
    if (isModel(choice)) return choice;
    const { openModel } = await import("@unimem/providers");
    return openModel(choice, { timeoutMs });
  };
}

function isChoice(choice: unknown): boolean {
  if (typeof choice === "string") return choice.trim() !== "";
  // Models of the AI SDK have a provider too.
  return isModel(choice) || (isObject(choice) && "provider" in choice);
}

function isModel(choice: unknown): choice is LanguageModel {
  return isObject(choice) && "generate" in choice;
}

function isObject(choice: unknown): choice is object {
  return typeof choice === "object" && choice !== null;
}

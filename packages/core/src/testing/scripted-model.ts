import type { LanguageModel, ModelRequest } from "../model/language-model.ts";

export interface ScriptedModel extends LanguageModel {
  /** What was asked so far. */
  readonly calls: readonly ModelRequest[];
}

/**
 * A language model for tests and examples: `answer` gives the value, may throw, and may never settle; what
 * was asked is kept. It counts characters as tokens, so that usage is exact.
 */
export function scriptedModel(answer: (request: ModelRequest) => unknown): ScriptedModel {
  const calls: ModelRequest[] = [];
  return {
    id: "scripted",
    calls,
    async generate(request) {
      calls.push(request);
      const value = await answer(request);
      const inputTokens = request.instructions.length + request.prompt.length;
      return { value, usage: { inputTokens, outputTokens: JSON.stringify(value)?.length ?? 0 } };
    },
  };
}

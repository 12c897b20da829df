import type { LanguageModel, ModelRequest } from "../model/language-model.ts";

export interface ScriptedModel extends LanguageModel {
  /** What was asked so far. */
  readonly calls: readonly ModelRequest[];
}

/**
 * A model for tests: answers what `answer` makes of a request, and keeps what it was asked. `answer` may also
 * throw, promise, or never settle.
 */
export function scriptedModel(answer: (request: ModelRequest) => unknown): ScriptedModel {
  const calls: ModelRequest[] = [];
  return {
    id: "scripted",
    calls,
    async generate(request) {
      calls.push(request);
      return { value: await answer(request) };
    },
  };
}

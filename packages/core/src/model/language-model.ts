import type { ZodType } from "zod";

/**
 * A model that answers one question in a given form. Core trusts nothing it says: every answer is checked
 * before it changes anything.
 */
export interface LanguageModel {
  /** Names provider and model, such as `"openai/gpt-4o-mini"`; told in events. */
  readonly id: string;
  /** Rejects where there is no answer in the asked form: a refusal, a truncated answer, no connection. */
  generate(request: ModelRequest): Promise<ModelAnswer>;
}

export interface ModelRequest {
  /** What the answer is called, for providers that name schemas: letters, digits and underscores. */
  readonly name: string;
  /** The form of the answer. Keeps to strict structured output: every key required, `null` for unknown. */
  readonly schema: ZodType;
  /** What to do; written by this library alone. */
  readonly instructions: string;
  /** What to do it with, as JSON; holds text of users, which is data and never an instruction. */
  readonly prompt: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ModelAnswer {
  /** As parsed from what the model wrote. It need not fit the schema: callers check. */
  readonly value: unknown;
  /** What the provider charged for, where it says so. */
  readonly usage?: ModelUsage | undefined;
}

export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

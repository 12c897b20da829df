import type { Runtime } from "../domain/runtime.ts";
import { embedTexts } from "../embed/embed-texts.ts";
import type { Embedder } from "../embed/embedder.ts";
import { type Ask, askModel } from "../model/ask-model.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { Embed } from "../save/embed-saves.ts";
import type { EventHub } from "./event-hub.ts";

/** The tokens that providers counted for one operation; none where they do not say. */
export interface Usage {
  readonly embeddingTokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The embedder and the model, called on behalf of one piece of work. */
export interface Providers {
  readonly embed: Embed;
  /** Absent where there is no model. */
  readonly ask: Ask | undefined;
}

export interface CallLimits {
  readonly runtime: Runtime;
  readonly embedderTimeoutMs: number;
  readonly modelTimeoutMs: number;
}

const nothing: Usage = { embeddingTokens: 0, inputTokens: 0, outputTokens: 0 };

/**
 * Calls the providers on behalf of operations, and tells what each call cost. A call that serves several
 * operations counts towards each of them with an equal share.
 */
export class UsageMeter {
  readonly #events: EventHub;
  readonly #limits: CallLimits;
  readonly #totals = new Map<number, Usage>();

  constructor(events: EventHub, limits: CallLimits) {
    this.#events = events;
    this.#limits = limits;
  }

  providersFor(
    operations: readonly number[],
    embedder: Embedder,
    openModel: (() => Promise<LanguageModel>) | undefined,
  ): Providers {
    return {
      embed: this.embedFor(operations, embedder),
      ask: openModel && this.askFor(operations, openModel),
    };
  }

  embedFor(operations: readonly number[], embedder: Embedder): Embed {
    const { runtime, embedderTimeoutMs: timeoutMs } = this.#limits;
    return async (texts, signal) => {
      const start = +runtime.now();
      let inputTokens = 0;
      const onTokens = (tokens: number) => {
        inputTokens = tokens;
      };
      const limits = { timeoutMs, runtime, signal, onTokens };
      const vectors = await embedTexts(embedder, texts, limits);
      const durationMs = +runtime.now() - start;
      this.#add(operations, { embeddingTokens: inputTokens });
      this.#events.emit("usage", {
        operations,
        step: "embed",
        provider: embedder.id,
        inputTokens,
        outputTokens: 0,
        durationMs,
      });
      return vectors;
    };
  }

  askFor(operations: readonly number[], open: () => Promise<LanguageModel>): Ask {
    const { runtime, modelTimeoutMs: timeoutMs } = this.#limits;
    return async (question, signal) => {
      const model = await open();
      const start = +runtime.now();
      const { value, usage } = await askModel(model, question, { timeoutMs, runtime, signal });
      const durationMs = +runtime.now() - start;
      const inputTokens = tokensOf(usage?.inputTokens);
      const outputTokens = tokensOf(usage?.outputTokens);
      this.#add(operations, { inputTokens, outputTokens });
      this.#events.emit("usage", {
        operations,
        step: question.name,
        provider: model.id,
        inputTokens,
        outputTokens,
        durationMs,
      });
      return value;
    };
  }

  /** Starts to count for an operation. */
  begin(operation: number): void {
    this.#totals.set(operation, nothing);
  }

  /** Ends the counting, and answers with the total. */
  take(operation: number): Usage {
    const total = this.#totals.get(operation) ?? nothing;
    this.#totals.delete(operation);
    return total;
  }

  #add(operations: readonly number[], cost: Partial<Usage>): void {
    for (const operation of operations) {
      const total = this.#totals.get(operation);
      if (total === undefined) continue; // nobody asks, or no longer
      const { embeddingTokens, inputTokens, outputTokens } = total;
      const share = (tokens = 0) => tokens / operations.length;
      this.#totals.set(operation, {
        embeddingTokens: embeddingTokens + share(cost.embeddingTokens),
        inputTokens: inputTokens + share(cost.inputTokens),
        outputTokens: outputTokens + share(cost.outputTokens),
      });
    }
  }
}

/** What a provider says need not be a count. */
function tokensOf(value: unknown): number {
  return typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY ? value : 0;
}

import { gateway, type LanguageModelMiddleware, wrapLanguageModel } from "ai";
import { type AgentMemory, checkMemory } from "./agent-memory.ts";
import { lastUserMessage, messageText } from "./message-text.ts";
import { showBlock, withoutBlock } from "./show-block.ts";
import { type Turn, Turns } from "./turn-memory.ts";
import { parseTurnOptions, type TurnOptions } from "./turn-options.ts";
import { answerOf, type CallOptions, type WrappedModel, watchAnswer } from "./watch-answer.ts";

/** A model as the AI SDK takes them, or the id of one that its default provider knows. */
export type ModelToRemember = Parameters<typeof wrapLanguageModel>[0]["model"] | string;

export type ModelWithMemory = WrappedModel & {
  /**
   * Resolves once what was said so far is stored, or has failed to be; answers that are still being streamed are
   * waited for, whether anybody reads them or not. Call it before you close the memory.
   */
  drain(): Promise<void>;
};

/**
 * A model with a memory: before it answers a user it is shown what the memory holds about what they said, once
 * per turn, however many steps the turn has; after the answer, what is new is stored in the background. Where
 * memory is slow or broken, the model answers without.
 *
 * A turn is stored when it has an answer, also one that was cut short by an abort; not where the model fails, and
 * not where a loop is stopped after a call of tools. For that, and for a memory chosen per call, see
 * `memoryHooks`.
 */
export function withMemory(
  model: ModelToRemember,
  { memory, ...options }: TurnOptions & { readonly memory: AgentMemory },
): ModelWithMemory {
  checkMemory(memory);
  const turns = new Turns(parseTurnOptions(options));
  const wrapped = wrapLanguageModel({
    model: typeof model === "string" ? modelById(model) : model,
    middleware: memoryMiddleware(memory, turns),
  });
  return { ...wrapped, drain: () => turns.drain() };
}

function memoryMiddleware(memory: AgentMemory, turns: Turns): LanguageModelMiddleware {
  const open = new OpenTurns();
  const asked = new WeakMap<CallOptions["prompt"], Promise<Turn>>();

  async function prepare(params: CallOptions) {
    const at = lastUserMessage(params.prompt);
    const message = params.prompt[at];
    const task = message === undefined ? "" : withoutBlock(messageText(message));
    if (task === "") return { params, end: () => {} };
    // Where the user spoke last, a turn begins. Where tools did, one goes on: it is shown what it was shown. So
    // is a model that failed and is asked again: the AI SDK does that with the very same prompt.
    const goesOn = at < params.prompt.length - 1 ? open.get(task) : undefined;
    const known = asked.get(params.prompt) ?? goesOn;
    const begun = known ?? open.add(task, turns.begin(memory, task, params.abortSignal));
    asked.set(params.prompt, begun);
    const turn = await begun;
    const end = (answer: string) => {
      open.remove(task);
      turn.end(answer);
    };
    return { params: { ...params, prompt: showBlock(params.prompt, turn.block) }, end };
  }

  return {
    specificationVersion: "v4",
    wrapGenerate: async ({ model, params }) => {
      const turn = await prepare(params);
      const result = await model.doGenerate(turn.params);
      const answer = answerOf(result);
      if (answer !== undefined) turn.end(answer);
      return result;
    },
    wrapStream: async ({ model, params }) => {
      const turn = await prepare(params);
      const result = await model.doStream(turn.params);
      const { stream, ended } = watchAnswer(result.stream, turn.end, params.abortSignal);
      turns.hold(ended); // its reader may leave, and then ask for what was said to be stored
      return { ...result, stream };
    },
  };
}

const most = 100;

/**
 * Turns that may go on with another step, by what the user said: a model is not told which of its calls belong
 * together. Where two conversations begin a turn with the same words, they may share what was recalled.
 */
class OpenTurns {
  readonly #turns = new Map<string, Promise<Turn>>();

  get(task: string): Promise<Turn> | undefined {
    return this.#turns.get(task);
  }

  add(task: string, turn: Promise<Turn>): Promise<Turn> {
    this.#turns.delete(task); // the latest go last
    this.#turns.set(task, turn);
    const [oldest] = this.#turns.keys();
    // Turns that never end, because their model failed, must not pile up.
    if (this.#turns.size > most && oldest !== undefined) this.#turns.delete(oldest);
    return turn;
  }

  remove(task: string): void {
    this.#turns.delete(task);
  }
}

function modelById(id: string): Exclude<ModelToRemember, string> {
  return (globalThis.AI_SDK_DEFAULT_PROVIDER ?? gateway).languageModel(id);
}

import type { ModelMessage } from "ai";
import { type AgentMemory, checkMemory } from "./agent-memory.ts";
import { lastUserMessage, messageText } from "./message-text.ts";
import { showBlock, textAfterBlock, withoutBlock } from "./show-block.ts";
import { type Turn, Turns } from "./turn-memory.ts";
import { parseTurnOptions, type TurnOptions } from "./turn-options.ts";

/** What the hooks read of a call: that of a `ToolLoopAgent`, of `generateText` or of `streamText`. */
export interface PreparableCall<Options = unknown> {
  prompt?: string | ModelMessage[];
  messages?: ModelMessage[];
  /** The call options of an agent. */
  options?: Options;
  runtimeContext?: Record<string, unknown>;
}

/** What a memory may be chosen by. */
export interface ChoosingCall<Options> {
  /** The call options of an agent; not there where a call has none. */
  readonly options: Options;
  readonly runtimeContext: Readonly<Record<string, unknown>>;
}

/** What the hooks read of an event of `onEnd`. */
export interface EndedCall {
  readonly text: string;
  readonly finishReason: string;
  readonly steps: readonly { readonly runtimeContext?: unknown }[];
}

export interface MemoryHooks<Options = unknown> {
  /**
   * Recalls for what the user said last and puts it in front of that. Never fails for the memory's sake, only
   * where a function that should choose one does.
   */
  prepareCall<Call extends PreparableCall<Options>>(call: Call): Promise<Call>;
  /** Stores what is new in the turn, in the background: nothing waits for it. */
  onEnd(event: EndedCall): void;
  /** Resolves once what was said so far is stored, or has failed to be. Call it before you close the memory. */
  drain(): Promise<void>;
}

export interface MemoryHookOptions<Options> extends TurnOptions {
  /** The memory of all calls, or a function that chooses one for each: `({ options }) => memory.as(options.user)`. */
  readonly memory: AgentMemory | ((call: ChoosingCall<Options>) => AgentMemory);
}

/** The turn of a call travels in its runtime context, under a key that nobody else sees or prints. */
const turnKey = Symbol("unimem.turn");

/**
 * Memory for a `ToolLoopAgent`, or for a call of `generateText` or `streamText`, chosen per call. A stream whose
 * reader stops early, and one that is aborted, has no end: call `consumeStream` where it must be stored, or use
 * `withMemory`.
 */
export function memoryHooks<Options = unknown>({
  memory,
  ...options
}: MemoryHookOptions<Options>): MemoryHooks<Options> {
  if (typeof memory !== "function") checkMemory(memory);
  const turns = new Turns(parseTurnOptions(options));
  return {
    async prepareCall(call) {
      const { options, runtimeContext = {} } = call;
      const chosen =
        typeof memory === "function"
          ? memory({ options: options as Options, runtimeContext })
          : memory;
      checkMemory(chosen);
      const task = taskOf(call);
      if (task === "") return call;
      const turn = await turns.begin(chosen, task, undefined);
      const shown = showMemories(call, turn.block);
      return { ...shown, runtimeContext: { ...runtimeContext, [turnKey]: turn } };
    },
    onEnd({ text, finishReason, steps }) {
      if (finishReason === "error" || finishReason === "content-filter") return;
      turnOf(steps)?.end(text);
    },
    drain: () => turns.drain(),
  };
}

function taskOf({ prompt, messages }: PreparableCall): string {
  const said = messages ?? prompt ?? [];
  if (typeof said === "string") return withoutBlock(said.trim());
  const message = said[lastUserMessage(said)];
  return message === undefined ? "" : withoutBlock(messageText(message));
}

function showMemories<Call extends PreparableCall>(call: Call, block: string): Call {
  const { prompt, messages } = call;
  if (typeof prompt === "string") return { ...call, prompt: textAfterBlock(prompt, block) };
  if (prompt !== undefined) return { ...call, prompt: showBlock(prompt, block) };
  if (messages !== undefined) return { ...call, messages: showBlock(messages, block) };
  return call;
}

/** A step may have replaced the context, so the first that still has the turn tells. */
function turnOf(steps: EndedCall["steps"]): Turn | undefined {
  for (const { runtimeContext } of steps) {
    const turn = (runtimeContext as { readonly [turnKey]?: Turn } | undefined)?.[turnKey];
    if (turn !== undefined) return turn;
  }
  return undefined;
}

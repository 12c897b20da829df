import type { MemoryMatch } from "@unimem/core";
import { type AgentMemory, checkMemory } from "./agent-memory.ts";
import { keepTurn } from "./keep-turn.ts";
import { guardOf } from "./recalled-text-guard.ts";
import { showMemories, shownBlock } from "./shown-memories.ts";
import { tell } from "./turn-events.ts";
import { parseTurnOptions, type TurnOptions, type TurnSettings } from "./turn-options.ts";
import { withinBudget } from "./within-budget.ts";

/** One task of an agent, with what was recalled for it. */
export interface Turn {
  /** The same in all events about it. */
  readonly id: string;
  readonly matches: readonly MemoryMatch[];
  /** The matches as text for the model, in front of the task; empty where there are none. */
  readonly block: string;
  /** Stores what is new in task and answer, in the background: returns at once and never fails. */
  end(answer: string): void;
}

/** The life cycle of memory around a task: recall before it, store after it, drain at the end. */
export interface TurnMemory {
  /**
   * Recalls for a task. Never rejects: where recall fails or takes too long, there are no matches, and
   * `onRetrieval` hears why.
   */
  begin(task: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<Turn>;
  /** Resolves once everything that ended turns store is stored, or has failed. Call it before you close the memory. */
  drain(): Promise<void>;
}

/** For code without a framework; `withMemory` and `memoryHooks` are built on the same. */
export function turnMemory({
  memory,
  ...options
}: TurnOptions & { readonly memory: AgentMemory }): TurnMemory {
  checkMemory(memory);
  const turns = new Turns(parseTurnOptions(options));
  return {
    begin: (task, { signal } = {}) => turns.begin(memory, task, signal),
    drain: () => turns.drain(),
  };
}

/** The turns of one agent, whatever memory each of them has. */
export class Turns {
  readonly #settings: TurnSettings;
  /** What `drain` waits for. */
  readonly #underway = new Set<Promise<void>>();

  constructor(settings: TurnSettings) {
    this.#settings = settings;
  }

  async begin(memory: AgentMemory, task: string, signal: AbortSignal | undefined): Promise<Turn> {
    const id = this.#settings.runtime.newId();
    const { matches, block } = await this.#retrieve(memory, id, task, signal);
    return { id, matches, block, end: (answer) => this.#end(memory, { id, task, answer }) };
  }

  async drain(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  /** Lets `drain` wait for something that never rejects, such as the end of an answer. */
  hold(work: Promise<void>): void {
    const held = work.finally(() => this.#underway.delete(held));
    this.#underway.add(held);
  }

  async #retrieve(memory: AgentMemory, id: string, task: string, signal: AbortSignal | undefined) {
    const { runtime, recall, recallTimeoutMs, maxTokens, onRetrieval } = this.#settings;
    const query = queryOf(task);
    if (query === "") return { matches: [], block: "" };
    const started = runtime.now();
    const about = { task: id, query };
    tell(onRetrieval, { type: "retrieval.started", ...about, at: started });
    const ended = () => {
      const at = runtime.now();
      return { at, durationMs: at.getTime() - started.getTime() };
    };
    try {
      const matches = await withinBudget((signal) => memory.recall(query, { ...recall, signal }), {
        timeoutMs: recallTimeoutMs,
        runtime,
        signal,
      });
      guardOf(memory, recall.source).note(matches.map(({ record }) => record.content));
      const block = shownBlock(showMemories(matches, maxTokens));
      tell(onRetrieval, { type: "retrieval.completed", ...about, matches, block, ...ended() });
      return { matches, block };
    } catch (error) {
      tell(onRetrieval, { type: "retrieval.failed", ...about, error, ...ended() });
      return { matches: [], block: "" };
    }
  }

  #end(memory: AgentMemory, turn: { id: string; task: string; answer: string }): void {
    const { remember, recall, onKeeping, runtime } = this.#settings;
    if (remember === false) return;
    const guard = guardOf(memory, recall.source);
    const keeping = keepTurn(turn, { memory, remember, guard }).then(
      (kept) => {
        if (kept === undefined) return;
        const about = { task: turn.id, at: runtime.now() };
        tell(onKeeping, { type: "keeping.completed", ...about, ...kept });
      },
      (error: unknown) =>
        tell(onKeeping, { type: "keeping.failed", task: turn.id, error, at: runtime.now() }),
    );
    this.hold(keeping);
  }
}

const querySide = 4000;

/** What is asked for: the task, or of a very long one both ends, as a pasted text has its question at one of them. */
function queryOf(task: string): string {
  const text = task.toWellFormed().trim();
  if (text.length <= 2 * querySide) return text;
  return `${text.slice(0, querySide)}\n…\n${text.slice(-querySide)}`.toWellFormed();
}

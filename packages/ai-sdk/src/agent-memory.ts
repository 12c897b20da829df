import {
  invalidInput,
  type MemoryMatch,
  type MemoryRecord,
  type RecallOptions,
  type RememberOptions,
} from "@unimem/core";

/**
 * What an agent needs of a memory. A `Memory` fits, and so does everything that stands for a part of one: a
 * scope, a slice, a view on behalf of somebody.
 */
export interface AgentMemory {
  recall(query: string, options?: RecallOptions): Promise<MemoryMatch[]>;
  /** Absent, with `remember`, where the agent may only read. */
  rememberMany?(
    contents: readonly string[],
    options?: RememberOptions,
  ): Promise<readonly MemoryRecord[]>;
  /** Called for each content where there is no `rememberMany`, as in a slice that may be written to. */
  remember?(content: string, options?: RememberOptions): Promise<MemoryRecord>;
  /** Finds the statements of a text. Without it texts are stored as they were said. */
  extractMemories?(text: string): Promise<string[]>;
  /** `true`: nothing is stored, whatever verbs there are. @default false */
  readonly readOnly?: boolean | undefined;
  /** Where a view lies in the whole tree of scopes; paths given to it are relative to that. @default "/" */
  readonly path?: string | undefined;
}

/** Stores contents; resolves once they are stored. */
export type Store = (contents: readonly string[], options: RememberOptions) => Promise<unknown>;

/** How to store in a memory; `undefined` where it only reads. */
export function storeOf(memory: AgentMemory): Store | undefined {
  if (memory.readOnly === true) return undefined;
  if (memory.rememberMany !== undefined) return memory.rememberMany.bind(memory);
  const remember = memory.remember?.bind(memory);
  if (remember === undefined) return undefined;
  return (contents, options) =>
    Promise.all(contents.map(async (content) => remember(content, options)));
}

/** Throws `INVALID_INPUT` for what cannot even recall. */
export function checkMemory(memory: unknown): asserts memory is AgentMemory {
  if (typeof (memory as AgentMemory | null | undefined)?.recall !== "function")
    throw invalidInput("memory", "memory must be a Memory, or a scope, a slice or a view of one.");
}

import type { Tool } from "ai";
import { type AgentMemory, checkMemory, storeOf } from "./agent-memory.ts";
import {
  type RecallMemoryInput,
  type RecallMemoryOutput,
  recallMemoryTool,
} from "./recall-memory-tool.ts";
import {
  type RememberMemoryInput,
  type RememberMemoryOutput,
  rememberMemoryTool,
} from "./remember-memory-tool.ts";
import { type MemoryToolOptions, parseToolOptions } from "./tool-options.ts";

// Types, not interfaces: only those fit the tool sets of the AI SDK.
export type ReadingTools = {
  readonly recallMemory: Tool<RecallMemoryInput, RecallMemoryOutput>;
};

export type MemoryTools = ReadingTools & {
  readonly rememberMemory: Tool<RememberMemoryInput, RememberMemoryOutput>;
};

/** The tools of a memory. Where only at run time it turns out to be read-only, `rememberMemory` is absent all the same. */
export type ToolsOf<M extends AgentMemory> = M extends { readonly readOnly: true }
  ? ReadingTools
  : M extends { rememberMany: unknown } | { remember: unknown }
    ? MemoryTools
    : ReadingTools;

/**
 * Tools by which a model decides for itself what to recall and what to remember: add them to the `tools` of an
 * agent. What the model cannot choose is whose memory it is, who a memory comes from, and who may see it.
 */
export function memoryTools<M extends AgentMemory>({
  memory,
  ...options
}: MemoryToolOptions & { readonly memory: M }): ToolsOf<M> {
  checkMemory(memory);
  const settings = parseToolOptions(options);
  const store = storeOf(memory);
  const tools = {
    recallMemory: recallMemoryTool(memory, settings),
    ...(store && { rememberMemory: rememberMemoryTool(memory, store, settings) }),
  };
  return tools as unknown as ToolsOf<M>;
}

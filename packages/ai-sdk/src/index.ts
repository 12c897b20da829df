export type { AgentMemory } from "./agent-memory.ts";
export {
  type ChoosingCall,
  type EndedCall,
  type MemoryHookOptions,
  type MemoryHooks,
  memoryHooks,
  type PreparableCall,
} from "./memory-hooks.ts";
export {
  type MemoryTools,
  memoryTools,
  type ReadingTools,
  type ToolsOf,
} from "./memory-tools.ts";
export type { RecallMemoryInput, RecallMemoryOutput } from "./recall-memory-tool.ts";
export type { RememberMemoryInput, RememberMemoryOutput } from "./remember-memory-tool.ts";
export {
  type MessageMemory,
  type RememberMessagesOptions,
  rememberMessages,
} from "./remember-messages.ts";
export type { ShownMemory } from "./shown-memories.ts";
export type { MemoryToolOptions } from "./tool-options.ts";
export type { KeepingEvent, RetrievalEvent } from "./turn-events.ts";
export { type Turn, type TurnMemory, turnMemory } from "./turn-memory.ts";
export type { TurnOptions } from "./turn-options.ts";
export type { FileMention } from "./utterances.ts";
export { type ModelToRemember, type ModelWithMemory, withMemory } from "./with-memory.ts";

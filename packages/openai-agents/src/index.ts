export { type MemorySessionOptions, memorySession } from "./memory-session.ts";

/** Stand-ins for time, ids and embeddings, for the tests of those who build on unimem. */
export { type ManualRuntime, manualRuntime } from "./testing/manual-runtime.ts";
export { type ScriptedEmbedder, scriptedEmbedder } from "./testing/scripted-embedder.ts";

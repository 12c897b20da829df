/** Stand-ins for time, ids, embeddings and language models, for the tests of those who build on unimem. */
export { type ManualRuntime, manualRuntime } from "./testing/manual-runtime.ts";
export { type ScriptedEmbedder, scriptedEmbedder } from "./testing/scripted-embedder.ts";
export { type ScriptedModel, scriptedModel } from "./testing/scripted-model.ts";

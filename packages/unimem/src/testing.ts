/** Stand-ins for time, ids, embeddings and language models, for the tests of those who build on unimem. */
export {
  type ManualRuntime,
  manualRuntime,
  type ScriptedEmbedder,
  type ScriptedModel,
  scriptedEmbedder,
  scriptedModel,
} from "@unimem/core/testing";

/** Stand-ins for time, ids and embeddings, for the tests of those who build on unimem. */
export {
  type ManualRuntime,
  manualRuntime,
  type ScriptedEmbedder,
  scriptedEmbedder,
} from "@unimem/core/testing";

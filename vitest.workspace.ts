import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const setupFiles = [fileURLToPath(new URL("test/same-cases-each-run.ts", import.meta.url))];

// Projects do not inherit root options unless they say `extends: true` (vitest 5).
const project = (name: string, root: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, root, include: ["**/*.test.ts"], globalSetup, setupFiles },
});

export default defineConfig({
  test: {
    // They end what hangs, and nothing else: a test that kills fifty processes takes a minute on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ["default", "./scripts/closing-line-reporter.ts"],
    projects: [
      project("core", "packages/core/src"),
      project("conformance", "packages/conformance/src"),
      project("lancedb", "packages/storage-lancedb/src"),
      project("providers", "packages/providers/src"),
      project("langgraph", "packages/langgraph/src"),
      project("openai-agents", "packages/openai-agents/src"),
      project("ai-sdk", "packages/ai-sdk/src"),
      project("valkey", "packages/storage-valkey/src", ["./testing/provide-server.ts"]),
      project("unimem", "packages/unimem/src"),
      project("mcp", "packages/mcp/src"),
      project("across", "test", ["../packages/storage-valkey/src/testing/provide-server.ts"]),
    ],
  },
});

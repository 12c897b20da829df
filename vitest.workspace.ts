import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const setupFiles = [fileURLToPath(new URL("test/same-cases-each-run.ts", import.meta.url))];

// After so long a test has hung. On a busy machine one that kills fifty processes takes more than a minute; the
// weekly run does ten times as much.
const hangs = (process.env.UNIMEM_TESTS === "full" ? 50 : 5) * 60_000;

// Projects do not inherit root options unless they say `extends: true` (vitest 5).
const project = (name: string, root: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: { name, root, include: ["**/*.test.ts"], globalSetup, setupFiles },
});

export default defineConfig({
  test: {
    testTimeout: hangs,
    hookTimeout: hangs,
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

import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { MemoryScope } from "@unimem/core";
import { z } from "zod";
import { recordSummary } from "./record-summary.ts";
import { toolResult } from "./tool-result.ts";

export interface WritingOptions {
  /** What is remembered is seen by the connection's source alone. @default false */
  readonly private?: boolean | undefined;
}

export function registerWritingTools(
  server: McpServer,
  memory: MemoryScope,
  { private: isPrivate }: WritingOptions,
): void {
  server.registerTool(
    "remember",
    {
      title: "Remember",
      description:
        "Stores facts for later conversations. One fact each, as a sentence that can be understood alone: " +
        "names instead of pronouns, dates instead of 'tomorrow'.",
      inputSchema: {
        facts: z.array(z.string()).min(1).max(100),
        scope: z
          .string()
          .optional()
          .describe("Where they belong, such as /people/ana. Left out, the memory decides."),
      },
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    },
    ({ facts, scope }, { signal }) =>
      toolResult(async () => {
        const records = await memory.rememberMany(facts, {
          scope,
          private: isPrivate,
          signal,
        });
        return { memories: records.map(recordSummary) };
      }),
  );
  server.registerTool(
    "forget",
    {
      title: "Forget",
      description:
        "Deletes memories for good, with their history, by the ids that recall and list tell.",
      inputSchema: { ids: z.array(z.string()).min(1).max(100) },
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
    },
    ({ ids }) => toolResult(async () => ({ deleted: await memory.forget({ ids }) })),
  );
}

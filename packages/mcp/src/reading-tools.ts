import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { MemoryScope } from "@unimem/core";
import { z } from "zod";
import { recordSummary } from "./record-summary.ts";
import { toolResult } from "./tool-result.ts";

const scope = z
  .string()
  .optional()
  .describe('Only this scope and what lies below it, such as "/project/atlas".');

// Together they bound what one answer can put into a model's context.
const maxMatches = 50;
const maxListed = 200;

export function registerReadingTools(server: McpServer, memory: MemoryScope): void {
  const annotations = { readOnlyHint: true, openWorldHint: false };
  server.registerTool(
    "recall",
    {
      title: "Recall",
      description:
        "Finds what is remembered about a question, the best first. The answer is data that was stored earlier.",
      inputSchema: {
        query: z.string().describe("What to find, as a question or a few words."),
        limit: z.int().min(1).max(maxMatches).default(10),
        scope,
      },
      annotations,
    },
    ({ query, limit, scope }, { signal }) =>
      toolResult(async () => {
        const matches = await memory.recall(query, { limit, scope, signal });
        return {
          matches: matches.map(({ record, score }) => ({ ...recordSummary(record), score })),
        };
      }),
  );
  server.registerTool(
    "list",
    {
      title: "List memories",
      description:
        "A page of what is remembered, the newest first, with the number there is in all.",
      inputSchema: {
        limit: z.int().min(1).max(maxListed).default(20),
        offset: z.int().min(0).default(0),
        scope,
      },
      annotations,
    },
    ({ limit, offset, scope }) =>
      toolResult(async () => {
        const [records, total] = await Promise.all([
          memory.listRecords({ limit, offset, scope }),
          memory.count(scope),
        ]);
        return { total, memories: records.map(recordSummary) };
      }),
  );
}

import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { MemoryScope } from "@unimem/core";
import { z } from "zod";
import { contentPiece } from "./content-piece.ts";
import { fittingSummaries } from "./fitting-summaries.ts";
import { recordSummary } from "./record-summary.ts";
import { toolResult } from "./tool-result.ts";

const scope = z
  .string()
  .optional()
  .describe('Only this scope and what lies below it, such as "/project/atlas".');

const maxMatches = 50;
const maxListed = 200;

export function registerReadingTools(server: McpServer, memory: MemoryScope): void {
  const annotations = { readOnlyHint: true, openWorldHint: false };
  server.registerTool(
    "recall",
    {
      title: "Recall",
      description:
        "Finds what is remembered about a question, the best first. The answer is data that was stored earlier. " +
        "leftOut says how many more there were than an answer has room for.",
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
        const found = matches.map(({ record, score }) => ({ ...recordSummary(record), score }));
        const fitting = fittingSummaries(found);
        const leftOut = found.length - fitting.length;
        return { matches: fitting, ...(leftOut > 0 && { leftOut }) };
      }),
  );
  server.registerTool(
    "list",
    {
      title: "List memories",
      description:
        "A page of what is remembered, the newest first, with the number there is in all. Long memories make a page " +
        "end before its limit. Where more follow, nextOffset is the offset of the next page.",
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
        const memories = fittingSummaries(records.map(recordSummary));
        const nextOffset = offset + memories.length;
        const hasNext = memories.length > 0 && nextOffset < total;
        return { total, memories, ...(hasNext && { nextOffset }) };
      }),
  );
  server.registerTool(
    "read",
    {
      title: "Read a memory",
      description:
        "The whole content of one memory, by the id that recall and list tell: for one that they have cut. A long one " +
        "comes in pieces; nextFrom is where the next begins.",
      inputSchema: { id: z.string(), from: z.int().min(0).default(0) },
      annotations,
    },
    ({ id, from }) =>
      toolResult(async () => {
        const record = await memory.get(id);
        if (record === undefined) return { memory: null };
        const { cutFrom: _, ...summary } = recordSummary(record);
        const { content, nextFrom } = contentPiece(record.content, from);
        return { memory: { ...summary, content }, ...(nextFrom !== undefined && { nextFrom }) };
      }),
  );
}

import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { inertJson, isMemoryError } from "@unimem/core";

/**
 * The answer of a tool as JSON text that holds no tags and nothing hidden; a `MemoryError` as an answer that says
 * what to do. There is no structured content: clients that show it to a model would make plain JSON of it again.
 */
export async function toolResult(
  work: () => Promise<Record<string, unknown>>,
): Promise<CallToolResult> {
  try {
    const answer = await work();
    return { content: [{ type: "text", text: inertJson(answer) }] };
  } catch (error) {
    if (!isMemoryError(error)) throw error;
    return { isError: true, content: [{ type: "text", text: `${error.code}: ${error.message}` }] };
  }
}

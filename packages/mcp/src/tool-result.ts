import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { isMemoryError } from "@unimem/core";

/** The answer of a tool, as JSON text and as structured content; a `MemoryError` as an answer that says what to do. */
export async function toolResult(
  work: () => Promise<Record<string, unknown>>,
): Promise<CallToolResult> {
  try {
    const answer = await work();
    return {
      content: [{ type: "text", text: JSON.stringify(answer) }],
      structuredContent: JSON.parse(JSON.stringify(answer)),
    };
  } catch (error) {
    if (!isMemoryError(error)) throw error;
    return { isError: true, content: [{ type: "text", text: `${error.code}: ${error.message}` }] };
  }
}

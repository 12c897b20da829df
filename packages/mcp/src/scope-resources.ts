import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { inertJson, inertText, invalidInput, isMemoryError, type MemoryScope } from "@unimem/core";

/** The tree of scopes: `memory://tree` for all of it, `memory://scope/PATH` for what one scope holds. */
export function registerScopeResources(server: McpServer, memory: MemoryScope): void {
  server.registerResource(
    "tree",
    "memory://tree",
    {
      title: "Tree of scopes",
      description: "All scopes, with the number of memories in and below each.",
      mimeType: "text/plain",
    },
    ({ href }) =>
      resource(href, "text/plain", async () => inertText(await memory.tree("/", { maxDepth: 8 }))),
  );
  const template = new ResourceTemplate("memory://scope/{+path}", {
    list: async () => ({
      resources: (await memory.listScopes()).map((path) => ({
        uri: `memory://scope${encodeURI(path)}`,
        name: inertText(path),
        mimeType: "application/json",
      })),
    }),
  });
  server.registerResource(
    "scope",
    template,
    {
      title: "A scope",
      description:
        "How many memories it holds, since when, in which categories, and its child scopes.",
      mimeType: "application/json",
    },
    ({ href }, { path }) =>
      resource(href, "application/json", async () =>
        inertJson(await memory.info(decodedPath(String(path)))),
      ),
  );
}

/** The contents of a resource; a `MemoryError` as an error of the protocol that says what to do. */
async function resource(uri: string, mimeType: string, read: () => Promise<string>) {
  try {
    return { contents: [{ uri, mimeType, text: await read() }] };
  } catch (error) {
    if (!isMemoryError(error)) throw error;
    const isRefused = error.code === "INVALID_INPUT";
    throw new McpError(
      isRefused ? ErrorCode.InvalidParams : ErrorCode.InternalError,
      `${error.code}: ${error.message}`,
    );
  }
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidInput(
      "uri",
      "The path of a scope's address must be percent-encoded UTF-8: a % of its own is written %25.",
    );
  }
}

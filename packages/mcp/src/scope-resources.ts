import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/sdk/server/mcp.js";
import { inertJson, inertText, type MemoryScope } from "@unimem/core";

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
    async ({ href }) => {
      const tree = await memory.tree("/", { maxDepth: 8 });
      return { contents: [{ uri: href, mimeType: "text/plain", text: inertText(tree) }] };
    },
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
    async ({ href }, { path }) => {
      const info = await memory.info(decodeURIComponent(String(path)));
      return { contents: [{ uri: href, mimeType: "application/json", text: inertJson(info) }] };
    },
  );
}

/** A memory as an MCP server over HTTP, and a client of the official SDK that uses it. */
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { serveHttp } from "@unimem/mcp";
import { Memory } from "unimem";

// region server
const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });
const server = await serveHttp(memory.scope("/assistant"), {
  port: 0, // any that is free
  principals: [{ source: "ana", token: "a-long-token-that-nobody-guesses" }],
});
// endregion server

const client = new Client({ name: "example", version: "1" });
const headers = { authorization: "Bearer a-long-token-that-nobody-guesses" };
await client.connect(
  new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }),
);
await client.callTool({ name: "remember", arguments: { facts: ["Ana takes the night train."] } });
const found = await client.callTool({ name: "recall", arguments: { query: "night train" } });
console.log((found.content as { text: string }[])[0]?.text);

const [record] = await memory.listRecords();
assert.equal(record?.scope, "/assistant");
assert.equal(record?.source, "ana");
await client.close();
await server.close();
await memory.close();

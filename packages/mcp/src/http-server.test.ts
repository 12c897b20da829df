import { request } from "node:http";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Memory } from "unimem";
import { expect, onTestFinished, test } from "vitest";
import { type HttpOptions, serveHttp } from "./http-server.ts";
import { connectedClient } from "./testing/client.ts";

const principals = [
  { source: "alice", token: "alice-token-0123456789" },
  { source: "bob", token: "bob-token-0123456789" },
];
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  },
};

async function served(options: HttpOptions = {}) {
  const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });
  const server = await serveHttp(memory, { port: 0, ...options });
  onTestFinished(async () => {
    await server.close();
    await memory.close();
  });
  const post = async (headers: Record<string, string>, body: unknown = initialize) =>
    fetch(server.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body: JSON.stringify(body),
    });
  return { memory, server, post, url: new URL(server.url) };
}

test("clients on this machine need no token, and share the memory", async () => {
  const { url, memory } = await served();
  const first = await connectedClient(new StreamableHTTPClientTransport(url));
  const second = await connectedClient(new StreamableHTTPClientTransport(url));
  await first.call("remember", { facts: ["The kettle is blue."] });
  const found = await second.call("recall", { query: "kettle" });
  expect(found.value.matches).toMatchObject([{ content: "The kettle is blue." }]);
  expect(await memory.count()).toBe(1);
});

test("a token stands for one principal, in every request of its session", async () => {
  const { url, memory, post } = await served({ principals });
  const [alice, bob] = await Promise.all(
    principals.map(({ token }) =>
      connectedClient(new StreamableHTTPClientTransport(url, { requestInit: bearer(token) })),
    ),
  );
  await memory.remember("Alice's code is 4711.", { source: "alice", private: true });
  expect((await alice?.call("recall", { query: "code" }))?.value.matches).toHaveLength(1);
  expect((await bob?.call("recall", { query: "code" }))?.value.matches).toEqual([]);
  const saved = await bob?.call("remember", { facts: ["Bob was here."] });
  expect(saved?.value.memories).toMatchObject([{ source: "bob" }]);

  const opened = await post({ authorization: `Bearer ${principals[0]?.token}` });
  const session = { "mcp-session-id": opened.headers.get("mcp-session-id") ?? "" };
  await opened.body?.cancel();
  const list = { jsonrpc: "2.0", id: 2, method: "tools/list", params: {} };
  const stolen = await post({ ...session, authorization: `Bearer ${principals[1]?.token}` }, list);
  expect(stolen.status).toBe(404);
});

test("served privately, nobody sees or deletes what another principal remembered", async () => {
  const { url } = await served({ principals, private: true });
  const [alice, bob] = await Promise.all(
    principals.map(({ token }) =>
      connectedClient(new StreamableHTTPClientTransport(url, { requestInit: bearer(token) })),
    ),
  );
  const saved = await alice?.call("remember", { facts: ["Alice's code is 4711."] });
  const [{ id } = {}] = (saved?.value.memories ?? []) as { id?: string }[];
  expect((await bob?.call("list"))?.value).toEqual({ total: 0, memories: [] });
  expect((await bob?.call("recall", { query: "code" }))?.value.matches).toEqual([]);
  expect((await bob?.call("forget", { ids: [id] }))?.value).toEqual({ deleted: 0 });
  expect((await alice?.call("recall", { query: "code" }))?.value.matches).toMatchObject([{ id }]);
});

test.each([
  {},
  { authorization: "Bearer wrong" },
  { authorization: "Basic alice-token-0123456789" },
])("without a known token there is no session: %j", async (headers) => {
  const { post } = await served({ principals });
  const refused = await post(headers);
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe("Bearer");
});

test.each([
  ["a page that gives this machine another name", { host: "evil.example:3333" }, 403],
  ["a page that knows where it is", { origin: "http://evil.example" }, 403],
  ["a page from nowhere", { origin: "null" }, 403],
  ["a name that only begins as this machine's", { host: "localhost.evil.example" }, 403],
  ["a page of this machine", { origin: "http://localhost:6274" }, 200],
  ["this machine by another of its names", { host: "[::1]:3333" }, 200],
])("%s: %j is answered with %i", async (_, extra, expected) => {
  const { url } = await served();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const accept = "application/json, text/event-stream";
    const headers = { "content-type": "application/json", accept, ...extra };
    const asked = request(url, { method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject).end(JSON.stringify(initialize));
  });
  expect(status).toBe(expected);
});

test("whoever opens many sessions ends only the oldest of their own", async () => {
  const { post } = await served({ principals });
  const [alice = "", bob = ""] = principals.map(({ token }) => `Bearer ${token}`);
  const open = async (authorization: string) => {
    const opened = await post({ authorization });
    await opened.text();
    return { authorization, "mcp-session-id": opened.headers.get("mcp-session-id") ?? "" };
  };
  const list = { jsonrpc: "2.0", id: 2, method: "tools/list", params: {} };
  const [bobs, oldest, used] = [await open(bob), await open(alice), await open(alice)];
  for (let i = 0; i < 998; i++) await open(alice);
  expect((await post(used, list)).status).toBe(200); // the second is now the newest
  await open(alice);
  expect((await post(oldest, list)).status).toBe(404);
  expect((await post(used, list)).status).toBe(200);
  expect((await post(bobs, list)).status).toBe(200);
});

test("other machines may connect only where there are tokens", async () => {
  const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });
  await expect(serveHttp(memory, { port: 0, host: "0.0.0.0" })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining("UNIMEM_MCP_TOKENS"),
  });
  await expect(serveHttp(memory.as("carol"), { port: 0, principals })).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
  await memory.close();
});

test.each([-1, 65_536, 3333.5, Number.NaN])("there is no port %d", async (port) => {
  const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });
  await expect(serveHttp(memory, { port })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining("from 0 to 65535"),
  });
  await memory.close();
});

test("what is no session, no path and no request is refused", async () => {
  const { post, url } = await served();
  expect((await post({ "mcp-session-id": "unknown" })).status).toBe(404);
  expect((await post({}, { jsonrpc: "2.0", id: 1, method: "tools/list" })).status).toBe(400);
  expect((await fetch(new URL("/other", url))).status).toBe(404);
  expect((await fetch(`${url.origin}//`)).status).toBe(404);
});

test("a port that is taken, or a host that is not this machine's, is refused with what to do", async () => {
  const { memory, url } = await served();
  const refused = {
    code: "INVALID_INPUT",
    message: expect.stringMatching(/^Cannot listen on .*0 for any/),
  };
  await expect(serveHttp(memory, { port: Number(url.port) })).rejects.toMatchObject(refused);
  await expect(serveHttp(memory, { port: 0, host: "192.0.2.1", principals })).rejects.toMatchObject(
    refused,
  );
});

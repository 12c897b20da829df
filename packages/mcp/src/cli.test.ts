import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, onTestFinished, test } from "vitest";
import { connectedClient } from "./testing/client.ts";

const cli = join(import.meta.dirname, "cli.ts");

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "unimem-mcp-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function overStdio(env: Record<string, string>) {
  const path = { PATH: process.env.PATH ?? "" };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [cli],
    env: { ...path, ...env },
  });
  return { ...(await connectedClient(transport)), transport };
}

test("over stdio, what one connection remembers the next one recalls", async () => {
  const env = {
    UNIMEM_STORAGE: temporaryDirectory(),
    UNIMEM_SOURCE: "ana",
    UNIMEM_PRIVATE: "true",
  };
  const first = await overStdio(env);
  await first.call("remember", { facts: ["The launch is on 7 April."], scope: "/launch" });
  await first.client.close();

  const second = await overStdio({ ...env, UNIMEM_SCOPE: "/launch", UNIMEM_READ_ONLY: "true" });
  expect(
    (await second.call("recall", { query: "When is the launch?" })).value.matches,
  ).toMatchObject([{ content: "The launch is on 7 April.", scope: "/launch", source: "ana" }]);
  const another = await overStdio({ ...env, UNIMEM_SOURCE: "ben" });
  expect((await another.call("list")).value).toEqual({ total: 0, memories: [] });
  const { tools } = await second.client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(["list", "read", "recall"]);
});

test("over stdio nothing is said on standard output but the protocol, whatever a library logs", async () => {
  const embeddings = createServer((_, response) => {
    const data = [{ index: 0, embedding: new Array(1536).fill(1) }];
    response.setHeader("content-type", "application/json").end(JSON.stringify({ data }));
  }).listen(0, "127.0.0.1");
  await once(embeddings, "listening");
  onTestFinished(() => void embeddings.close().closeAllConnections());
  const { call, client } = await overStdio({
    UNIMEM_STORAGE: "memory",
    UNIMEM_EMBEDDER: "openai/text-embedding-3-small",
    OPENAI_API_KEY: "k",
    OPENAI_BASE_URL: `http://127.0.0.1:${(embeddings.address() as AddressInfo).port}`,
    OPENAI_LOG: "debug",
  });
  const misunderstood: Error[] = [];
  client.onerror = (error) => misunderstood.push(error);
  expect((await call("remember", { facts: ["The kettle is blue."] })).isError).toBe(false);
  expect(misunderstood).toEqual([]);
});

test("over HTTP it says where it listens, and ends with the signal to end", async () => {
  const server = spawn(process.execPath, [cli, "--http", "--port", "0"], {
    env: { PATH: process.env.PATH, UNIMEM_STORAGE: "memory" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  const exited = once(server, "exit");
  const [line] = (await once(createInterface(server.stderr), "line")) as [string];
  const url = line.match(/http:\S+/)?.[0] ?? "";
  const { call } = await connectedClient(new StreamableHTTPClientTransport(new URL(url)));
  expect((await call("list")).value).toEqual({ total: 0, memories: [] });
  server.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});

const inHttp = "--port and --host belong to HTTP. Add --http, or leave them out.";
const portRange = "The port must be a whole number from 0 to 65535; 0 takes any that is free.";

test.each([
  [["--wrong"], {}, "Unknown option '--wrong'"],
  [["--http", "--host", "0.0.0.0"], {}, "Only this machine may connect without tokens."],
  [["--http", "--port", "abc"], {}, portRange],
  [["--http", "--port", ""], {}, portRange],
  [["--http", "--port", "65536"], {}, portRange],
  [["--port", "3333"], {}, inHttp],
  [["--host", "127.0.0.1"], {}, inHttp],
  [["--http", "--port", "0"], { UNIMEM_MCP_TOKENS: "alice=secret" }, "NAME=TOKEN"],
  [["--http", "--port", "0"], { UNIMEM_MCP_TOKENS: "," }, "NAME=TOKEN"],
  [[], { UNIMEM_READ_ONLY: "maybe" }, "UNIMEM_READ_ONLY must be true or false."],
  [[], { UNIMEM_PRIVATE: "true" }, "Set UNIMEM_SOURCE"],
])(
  "%j with %j is refused with what is wrong and the usage, and no secret",
  async (args, env, why) => {
    const child = spawn(process.execPath, [cli, ...args], {
      env: { PATH: process.env.PATH, UNIMEM_STORAGE: "memory", ...env },
      stdio: ["pipe", "ignore", "pipe"],
    });
    child.stdin.end(); // one that serves instead ends with its client
    const told: string[] = [];
    createInterface(child.stderr).on("line", (line) => told.push(line));
    expect(await once(child, "close")).toEqual([1, null]);
    expect(told[0]).toContain(why);
    expect(told.join("\n")).toContain("Usage: unimem-mcp");
    expect(told.join("\n")).not.toContain("secret");
  },
);

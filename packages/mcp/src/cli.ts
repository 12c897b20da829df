#!/usr/bin/env node
import { Console } from "node:console";
import { parseArgs } from "node:util";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { invalidInput, isMemoryError, type MemoryScope } from "@unimem/core";
import { serveHttp } from "./http-server.ts";
import { memoryFromEnv } from "./memory-from-env.ts";
import { memoryServer } from "./memory-server.ts";
import { parsePrincipals } from "./principals.ts";
import type { WritingOptions } from "./writing-tools.ts";

const usage = `Usage: unimem-mcp                       serves one client on stdin and stdout
       unimem-mcp --http [--port 3333] [--host 127.0.0.1]

Environment: UNIMEM_STORAGE, UNIMEM_EMBEDDER (lexical), UNIMEM_LLM (none), UNIMEM_SCOPE, UNIMEM_SOURCE,
UNIMEM_PRIVATE (false), UNIMEM_READ_ONLY (false); with --http also UNIMEM_MCP_TOKENS: NAME=TOKEN,NAME=TOKEN`;

interface Arguments {
  readonly http?: boolean;
  readonly port?: string | undefined;
  readonly host?: string | undefined;
}

try {
  const { values } = parseArgs({
    options: {
      http: { type: "boolean" },
      port: { type: "string" },
      host: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) tell(usage);
  else await serve(values);
} catch (error) {
  tell(isRefusal(error) ? `${error.message}\n\n${usage}` : String(error));
  process.exitCode = 1;
}

async function serve({ http, port, host }: Arguments): Promise<void> {
  if (!http && (port !== undefined || host !== undefined))
    throw invalidInput("http", "--port and --host belong to HTTP. Add --http, or leave them out.");
  const { memory, view, ...writing } = memoryFromEnv(process.env);
  const running = http
    ? await overHttp(view, { ...writing, port, host })
    : await overStdio(view, writing, stop);
  let stopping: Promise<void> | undefined;
  function stop(): Promise<void> {
    stopping ??= running.close().then(() => memory.close());
    return stopping;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
}

async function overHttp(
  view: MemoryScope,
  { port, ...options }: WritingOptions & Pick<Arguments, "port" | "host">,
) {
  const running = await serveHttp(view, {
    ...options,
    principals: parsePrincipals(process.env.UNIMEM_MCP_TOKENS ?? ""),
    port: port === undefined ? undefined : portOf(port),
  });
  tell(`unimem-mcp listens on ${running.url}`);
  return running;
}

async function overStdio(view: MemoryScope, writing: WritingOptions, onClose: () => void) {
  // Standard output belongs to the protocol, also where a library says something, as OpenAI's does for OPENAI_LOG.
  globalThis.console = new Console(process.stderr);
  const server = memoryServer(view, writing);
  server.server.onclose = onClose;
  process.stdin.once("end", () => void server.close()); // the client is gone
  await server.connect(new StdioServerTransport());
  return server;
}

/** Only digits: to `Number` nothing at all is a number too. */
function portOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** What people read goes to standard error. */
function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

function isRefusal(error: unknown): error is Error {
  if (isMemoryError(error)) return true;
  return (
    error instanceof TypeError &&
    String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS")
  );
}

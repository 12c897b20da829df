import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { invalidInput, type MemoryScope } from "@unimem/core";
import { memoryServer } from "./memory-server.ts";
import { authenticate, type Principal } from "./principals.ts";
import type { WritingOptions } from "./writing-tools.ts";

export interface HttpOptions extends WritingOptions {
  /** Where it listens; 0 takes any port that is free. @default 3333 */
  readonly port?: number | undefined;
  /** Anything but this machine needs principals. @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** Whom to let in, by bearer token. @default everybody on this machine, as the memory itself */
  readonly principals?: readonly Principal[] | undefined;
  /** Makes the id of a session, which nobody may guess. @default crypto.randomUUID */
  readonly newSessionId?: (() => string) | undefined;
}

export interface RunningHttpServer {
  readonly url: string;
  close(): Promise<void>;
}

const loopback = new Set(["127.0.0.1", "localhost", "::1"]);
const path = "/mcp";
const maxSessions = 1000; // of each principal

interface Session {
  readonly transport: StreamableHTTPServerTransport;
  readonly principal: Principal | undefined;
}

/**
 * Serves `memory` at `/mcp` by streamable HTTP. Each session acts for one principal, which its first request
 * has proved and every later one must prove again: `memory.as(source)`. Without principals it listens on this
 * machine alone, and answers only requests that name this machine as their host, and come from no page of
 * another one, so that no web page can reach it. Throws `INVALID_INPUT` for options that cannot be, and for a port
 * or a host that it cannot listen on.
 */
export async function serveHttp(
  memory: MemoryScope,
  {
    port = 3333,
    host = "127.0.0.1",
    principals = [],
    newSessionId = () => crypto.randomUUID(),
    ...writing
  }: HttpOptions = {},
): Promise<RunningHttpServer> {
  if (!loopback.has(host) && principals.length === 0)
    throw invalidInput(
      "host",
      "Only this machine may connect without tokens. Set UNIMEM_MCP_TOKENS, or listen on 127.0.0.1.",
    );
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw invalidInput(
      "port",
      "The port must be a whole number from 0 to 65535; 0 takes any that is free.",
    );
  for (const { source } of principals) memory.as(source); // refuses what the view is not free to be
  const sessions = new Map<string, Session>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (loopback.has(host) && !isLocal(request.headers)) return refuse(response, 403, "forbidden");
    if (URL.parse(request.url ?? "/", "http://localhost")?.pathname !== path)
      return refuse(response, 404, "not found");
    const principal = authenticate(request.headers.authorization, principals);
    if (principals.length > 0 && principal === undefined) {
      response.setHeader("www-authenticate", "Bearer");
      return refuse(response, 401, "a bearer token is needed");
    }
    const id = request.headers["mcp-session-id"];
    const session = typeof id === "string" ? sessions.get(id) : undefined;
    // A session of somebody else is answered as one that does not exist.
    if (id !== undefined && (session === undefined || session.principal !== principal))
      return refuse(response, 404, "no such session");
    if (session) {
      keepNewest(id as string, session);
      return session.transport.handleRequest(request, response);
    }
    const transport = await openSession(principal);
    await transport.handleRequest(request, response);
    if (transport.sessionId === undefined) await transport.close(); // it asked for something else than a session
  }

  /**
   * A client that goes away need not say so: the session unused for longest makes room for the next of the same
   * principal, for nobody may end the sessions of another by opening many.
   */
  function keepNewest(id: string, session: Session): void {
    sessions.delete(id);
    sessions.set(id, session);
    if (sessions.size <= maxSessions) return;
    const own = [...sessions.values()].filter(({ principal }) => principal === session.principal);
    if (own.length > maxSessions) void own[0]?.transport.close();
  }

  async function openSession(principal: Principal | undefined) {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: newSessionId,
      onsessioninitialized: (id) => keepNewest(id, { transport, principal }),
    });
    const server = memoryServer(principal ? memory.as(principal.source) : memory, writing);
    server.server.onclose = () => void sessions.delete(transport.sessionId ?? "");
    await server.connect(transport);
    return transport;
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => refuse(response, 500, "internal error"));
  });
  await listen(server, port, host);
  const { port: actual } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${actual}${path}`,
    async close() {
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether a request is for this machine by name, and from no web page but one of this machine. */
function isLocal({ host, origin }: IncomingHttpHeaders): boolean {
  return isLoopback(`http://${host}`) && (origin === undefined || isLoopback(origin));
}

function isLoopback(url: string): boolean {
  return loopback.has(URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, "$1") ?? "");
}

function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return void response.end();
  const error = { jsonrpc: "2.0", error: { code: -32000, message }, id: null };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(error));
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const where = `port ${port} of ${host} (${error.code})`;
      const message = `Cannot listen on ${where}. Take a port that is free, 0 for any, and a host that this machine has.`;
      reject(invalidInput("port", message, error));
    };
    server.once("error", fail);
    server.listen(port, host, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

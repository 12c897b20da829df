import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface StubRequest {
  readonly method: string | undefined;
  /** Path and query. */
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** As parsed from JSON; the text itself where it is none. */
  readonly body: unknown;
}

export interface StubAnswer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
}

/** `"silence"` keeps the connection open and never answers; `"hangUp"` closes it without an answer. */
export type StubReply = StubAnswer | "silence" | "hangUp";

export interface ProviderStub {
  readonly url: string;
  readonly requests: StubRequest[];
  /** Resolves once a request has come. */
  readonly asked: Promise<void>;
}

/** A server on this machine that answers as told, remembers what it was asked, and ends with the test. */
export async function providerStub(
  reply: (request: StubRequest, count: number) => StubReply,
): Promise<ProviderStub> {
  const requests: StubRequest[] = [];
  const { promise: asked, resolve: noteAsked } = Promise.withResolvers<void>();
  const server = createServer(async (incoming, response) => {
    const { method, url: path, headers } = incoming;
    const request = { method, path, headers, body: parsed(await text(incoming)) };
    requests.push(request);
    send(
      attempt(() => reply(request, requests.length)),
      response,
    );
    noteAsked();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, asked };
}

/**
 * An address at which nobody answers before the test ends: the near end of a connection, which nobody else can be
 * given to listen on while it is open.
 */
export async function closedPort(): Promise<string> {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${socket.localPort}`;
}

/** A request that the test did not expect is answered, so that the test fails and does not hang. */
function attempt(reply: () => StubReply): StubReply {
  try {
    return reply();
  } catch (error) {
    return { status: 400, body: `unexpected request: ${error}` };
  }
}

function send(reply: StubReply, response: ServerResponse): void {
  if (reply === "silence") return;
  if (reply === "hangUp") {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, body } = reply;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

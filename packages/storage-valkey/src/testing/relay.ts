import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Relay {
  /** To be used instead of the target's own; with its password and database. */
  readonly url: string;
  /** Ends all connections. */
  stop(): Promise<void>;
}

/** Listens on the loopback; for each client opens a connection to `target` and has `join` say what passes. */
export async function startRelay(
  target: string,
  join: (client: Socket, upstream: Socket) => void,
): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    clients.add(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.setNoDelay(true);
      // What breaks one side ends the other; clients see an end, as they would of a server.
      socket.on("error", () => {});
      socket.on("close", () => {
        clients.delete(socket);
        other.destroySoon();
      });
    }
    join(client, upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    async stop() {
      for (const client of clients) client.destroy();
      await once(server.close(), "close");
    },
  };
}

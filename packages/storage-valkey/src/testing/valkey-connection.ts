import { once } from "node:events";
import { connect } from "node:net";
import { encodeCommand, isFailure, type RespValue } from "./resp.ts";
import { respFrames } from "./resp-frames.ts";

export interface ValkeyConnection {
  /** Rejects with the server's text where it answers with an error. */
  send(...command: readonly (string | Buffer)[]): Promise<RespValue>;
  close(): void;
}

/** A bare connection, for what tests say to a server behind the back of the client under test. */
export async function connectValkey(url: string): Promise<ValkeyConnection> {
  const { hostname, port, password, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");

  const waiting: PromiseWithResolvers<RespValue>[] = [];
  const feed = respFrames();
  socket.on("data", (chunk) => {
    for (const { value } of feed(chunk)) {
      const next = waiting.shift();
      if (isFailure(value)) next?.reject(new Error(value.text));
      else next?.resolve(value);
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    for (const each of waiting.splice(0)) each.reject(new Error("The connection was closed."));
  });

  const send = (...command: readonly (string | Buffer)[]) => {
    const answer = Promise.withResolvers<RespValue>();
    if (socket.destroyed) answer.reject(new Error("The connection was closed."));
    else {
      waiting.push(answer);
      socket.write(encodeCommand(command));
    }
    return answer.promise;
  };

  if (password !== "") await send("AUTH", decodeURIComponent(password));
  const database = pathname.replace("/", "");
  if (database !== "") await send("SELECT", database);
  return { send, close: () => void socket.destroy() };
}

import type { Socket } from "node:net";
import { type Relay, startRelay } from "../relay.ts";
import { bytesOf, encodeResp, isFailure, itemsOf, type RespValue } from "../resp.ts";
import { type RespFrame, respFrames } from "../resp-frames.ts";
import { type Translation, translate } from "./search-commands.ts";

/**
 * Stands in for the Search module in front of a server that does not have it. Everything passes through to
 * the server but the module's commands: they are asked of the server in other words, in their turn, and
 * answered exactly. Recorded answers of the real module hold it to the truth (`transcript.jsonl`); what it
 * does not know it refuses. Unlike the module's, its indexes are always ready, and equal hits are in the order of
 * their keys.
 */
export function startSearchStandIn({ target }: { target: string }): Promise<Relay> {
  return startModuleRelay(target, translate);
}

/** A relay to a server whose commands of the module become others by `translate`. */
export function startModuleRelay(target: string, translate: Translate): Promise<Relay> {
  return startRelay(target, (client, upstream) => serve(client, upstream, translate));
}

type Translate = (args: readonly string[], database: number) => Translation | undefined;

/** What becomes of the server's answer to a command on its way to the client. */
type Reply = (frame: RespFrame) => Buffer | Promise<Buffer>;

function serve(client: Socket, upstream: Socket, translate: Translate): void {
  const replies: Reply[] = [];
  let version: 2 | 3 = 2;
  let database = 0;
  let transaction: (Translation | undefined)[] | undefined;

  function replyTo(args: readonly string[]): { ask?: Buffer; reply: Reply } {
    const command = args[0]?.toUpperCase();
    const translation = translate(args, database);
    if (command === "MULTI") transaction = [];
    else if (command === "EXEC" || command === "DISCARD") {
      const inside = transaction ?? [];
      transaction = undefined;
      return { reply: ({ value, raw }) => executed(value, inside, version) ?? raw };
    } else if (transaction !== undefined) {
      // Inside MULTI the server answers QUEUED; what the module would have said comes with EXEC.
      transaction.push(translation);
      return { ...(translation && { ask: translation.ask }), reply: ({ raw }) => raw };
    }
    if (translation !== undefined)
      return {
        ask: translation.ask,
        reply({ value }) {
          const answer = translation.answer(value);
          return answer instanceof Promise
            ? answer.then((later) => encodeResp(later, version))
            : encodeResp(answer, version);
        },
      };
    return {
      reply({ value, raw }) {
        if (command === "HELLO" && args.length > 1 && !isFailure(value))
          version = args[1] === "3" ? 3 : 2;
        if (command === "SELECT" && !isFailure(value)) database = Number(args[1]);
        return raw;
      },
    };
  }

  const commands = respFrames();
  client.on("data", (chunk) => {
    for (const { value, raw } of commands(chunk)) {
      const args = itemsOf(value).map((arg) => bytesOf(arg).toString("latin1"));
      const { ask = raw, reply } = replyTo(args);
      replies.push(reply);
      upstream.write(ask);
    }
  });

  /** Until it is settled all answers wait, so that they stay in their order. */
  let earlier: Promise<void> | undefined;
  function pass(answer: Buffer | Promise<Buffer>): void {
    if (earlier === undefined && !(answer instanceof Promise)) {
      client.write(answer);
      return;
    }
    const mine = Promise.all([answer, earlier]).then(([bytes]) => {
      client.write(bytes);
      if (earlier === mine) earlier = undefined;
    });
    mine.catch(() => client.destroy());
    earlier = mine;
  }

  const answers = respFrames();
  upstream.on("data", (chunk) => {
    for (const frame of answers(chunk)) {
      // Push messages answer no command.
      const reply = frame.value.type === ">" ? undefined : replies.shift();
      pass(reply === undefined ? frame.raw : reply(frame));
    }
  });
}

/** The answers of a transaction, each in the module's words; `undefined` where there are none. */
function executed(
  value: RespValue,
  inside: readonly (Translation | undefined)[],
  version: 2 | 3,
): Promise<Buffer> | undefined {
  if (value.type !== "*" || inside.every((translation) => translation === undefined))
    return undefined;
  const items = value.items.map((item, i) => inside[i]?.answer(item) ?? item);
  return Promise.all(items).then((all) => encodeResp({ ...value, items: all }, version));
}

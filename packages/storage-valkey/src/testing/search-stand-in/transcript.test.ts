import { readFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { describeWithOwnServers } from "../provided-server.ts";
import { failure, itemsOf, type RespValue } from "../resp.ts";
import { connectValkey } from "../valkey-connection.ts";
import { startValkeyServer } from "../valkey-server.ts";
import { startSearchStandIn } from "./start-search-stand-in.ts";

/** One line of what was recorded from a real server with its Search module, in version 2 of the protocol. */
interface Recorded {
  readonly note?: string;
  readonly send: readonly (string | { readonly base64: string })[];
  readonly reply: RecordedReply;
}

type RecordedReply =
  | string
  | number
  | null
  | readonly RecordedReply[]
  | { readonly simple: string }
  | { readonly error: string };

const transcript: Recorded[] = readFileSync(new URL("transcript.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

describeWithOwnServers("the stand-in for the Search module", () => {
  test("answers every recorded command as the real module did", async () => {
    const server = await startValkeyServer();
    onTestFinished(() => server.stop());
    const standIn = await startSearchStandIn({ target: server.url });
    onTestFinished(() => standIn.stop());
    const { send, close } = await connectValkey(standIn.url);
    onTestFinished(close);

    for (const [i, { send: command, reply, note = "" }] of transcript.entries()) {
      const args = command.map((arg) =>
        typeof arg === "string" ? arg : Buffer.from(arg.base64, "base64"),
      );
      const answer = await send(...args).catch((error: Error) => failure(error.message));
      const about = `line ${i + 1}: ${command.slice(0, 3).join(" ")} ${note}`;
      // The recording cut this one short: it says that there is an entry, and no more.
      if (reply === "[[...]] (shortened)") expect(itemsOf(answer)[0]?.type, about).toBe("*");
      else expect(readable(answer), about).toEqual(reply);
    }
    await expect(send("FT.INFO", "m:i:v1:4")).rejects.toThrow("not found in database 0");
  });
});

function readable(value: RespValue): RecordedReply {
  if ("items" in value) return value.items.map(readable);
  if ("bytes" in value) return value.bytes.toString();
  if (value.type === "_") return null;
  if (value.type === "+") return { simple: value.text };
  if (value.type === "-") return { error: value.text };
  return Number(value.text);
}

import {
  invalidInput,
  type MemoryInput,
  type MemoryRecord,
  type RememberOptions,
} from "@unimem/core";
import type { ModelMessage, UIMessage } from "ai";
import { type FileMention, type Utterance, utterancesOf } from "./utterances.ts";

/** What `rememberMessages` needs of a memory. */
export interface MessageMemory {
  rememberMany(
    contents: readonly MemoryInput[],
    options?: RememberOptions,
  ): Promise<readonly MemoryRecord[]>;
}

export interface RememberMessagesOptions {
  readonly memory: MessageMemory;
  /** What the speakers are called. @default { user: "User", assistant: "Assistant" } */
  readonly speakers?: { readonly user?: string; readonly assistant?: string } | undefined;
  /** Says in words what a file shows, such as an image. @default the file's name */
  readonly caption?:
    | ((file: FileMention) => string | undefined | Promise<string | undefined>)
    | undefined;
  /** How they are stored: source, privacy, scope and the like. */
  readonly remember?: Omit<RememberOptions, "createdAt"> | undefined;
}

/**
 * Stores messages as they were said, each as a memory of its own: who said it, and when where a UI message has
 * `metadata.createdAt` (a `Date`, an ISO 8601 text or milliseconds). Files are stored by their caption. Left out
 * is what nobody said: system messages, reasoning, and calls and results of tools. Rejects with `INVALID_INPUT`,
 * and stores nothing, where a time is none.
 */
export async function rememberMessages(
  messages: readonly (UIMessage | ModelMessage)[],
  { memory, speakers, caption = ({ name }) => name, remember }: RememberMessagesOptions,
): Promise<readonly MemoryRecord[]> {
  const names = { user: "User", assistant: "Assistant", ...speakers };
  const inputs = await Promise.all(
    messages.flatMap((message, i) =>
      utterancesOf(message).map(async (utterance) => {
        const createdAt = timeOf(message, `messages[${i}].metadata.createdAt`);
        const said = await textOf(utterance, caption);
        const content = `${names[utterance.role]}: ${said}`.toWellFormed();
        return said === "" ? [] : [{ content, ...(createdAt && { createdAt }) }];
      }),
    ),
  );
  const contents = inputs.flat();
  return contents.length === 0 ? [] : memory.rememberMany(contents, remember);
}

async function textOf(
  { pieces }: Utterance,
  caption: NonNullable<RememberMessagesOptions["caption"]>,
): Promise<string> {
  const texts = await Promise.all(
    pieces.map(async (piece) => {
      if (typeof piece === "string") return piece.trim();
      const words = (await caption(piece))?.trim();
      return words ? `[${piece.kind}: ${words}]` : `[${piece.kind}]`;
    }),
  );
  return texts.filter((text) => text !== "").join("\n");
}

function timeOf(message: UIMessage | ModelMessage, field: string): Date | undefined {
  const metadata = "metadata" in message ? message.metadata : undefined;
  const value = (metadata as { readonly createdAt?: unknown } | null | undefined)?.createdAt;
  if (value === undefined || value === null) return undefined;
  const time = new Date(value as Date | string | number);
  if (Number.isNaN(time.getTime()))
    throw invalidInput(field, `${field} must be a Date, an ISO 8601 text or milliseconds.`);
  return time;
}

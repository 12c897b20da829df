import { type AnyMessage, lastUserMessage } from "./message-text.ts";

/**
 * The messages with a block of memories in front of what the user said last. It is part of a user's message, so
 * it has no more authority than a user; what comes before is left as it is, so a provider's prompt cache still
 * holds. Without a block, or without a user, nothing changes.
 */
export function showBlock<Message extends AnyMessage>(
  messages: readonly Message[],
  block: string,
): Message[] {
  const at = lastUserMessage(messages);
  const message = messages[at];
  if (message === undefined || block === "") return [...messages];
  return messages.with(at, { ...message, content: blockFirst(message.content, block) });
}

function blockFirst(content: unknown, block: string): unknown {
  if (typeof content === "string") return textAfterBlock(content, block);
  return [{ type: "text", text: block }, ...(content as readonly unknown[])];
}

/** A prompt that is plain text, with the block in front of it. */
export function textAfterBlock(text: string, block: string): string {
  return block === "" ? text : `${block}\n\n${text}`;
}

/** What was said in a text, without a block of memories that somebody has put in front of it. */
export function withoutBlock(text: string): string {
  return text.replace(/^(?:<memories>\n[^<]*<\/memories>\s*)+/, "");
}

/** What all messages of the AI SDK have in common: those of its UI, those of its models, and those of a prompt. */
export interface AnyMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly parts?: readonly unknown[];
}

export interface AnyPart {
  readonly type: string;
  readonly text?: unknown;
}

/** The parts of a message; a content that is a string is one part of text. */
export function messageParts({ content, parts }: AnyMessage): readonly AnyPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return (Array.isArray(content) ? content : (parts ?? [])) as readonly AnyPart[];
}

/** The text that was said in a message: no reasoning, no files, nothing of tools. */
export function messageText(message: AnyMessage): string {
  return messageParts(message)
    .flatMap(({ type, text }) => (type === "text" && typeof text === "string" ? [text] : []))
    .join("\n")
    .trim();
}

/** Where the user spoke last; -1 where nobody did. */
export function lastUserMessage(messages: readonly AnyMessage[]): number {
  return messages.findLastIndex(({ role }) => role === "user");
}

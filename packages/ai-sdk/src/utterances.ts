import { type AnyMessage, type AnyPart, messageParts } from "./message-text.ts";

/** A file in a message, as far as it can be spoken of. */
export interface FileMention {
  readonly kind: "image" | "file";
  /** Its name, where it has one. */
  readonly name: string | undefined;
  /** As the AI SDK has it: `{ type: "file", mediaType, url }`, or `{ type: "image", image }` of older messages. */
  readonly part: unknown;
}

/** What one speaker said in one go: texts, and files that were shown. */
export interface Utterance {
  readonly role: "user" | "assistant";
  readonly pieces: readonly (string | FileMention)[];
}

/**
 * What was said in a message, by whom. It is one utterance, but for answers into which a user has spoken
 * (`steering-message`), and none for messages of the system and of tools.
 */
export function utterancesOf(message: AnyMessage): Utterance[] {
  const { role } = message;
  if (role !== "user" && role !== "assistant") return [];
  const utterances: { role: Utterance["role"]; pieces: (string | FileMention)[] }[] = [];
  const add = (role: Utterance["role"], pieces: readonly (string | FileMention)[]) => {
    const last = utterances.at(-1);
    if (last?.role === role) last.pieces.push(...pieces);
    else if (pieces.length > 0) utterances.push({ role, pieces: [...pieces] });
  };
  for (const part of messageParts(message)) {
    const spokenInto = part.type === "steering-message";
    if (spokenInto) add("user", messageParts(part as unknown as AnyMessage).flatMap(pieceOf));
    else add(role, pieceOf(part));
  }
  return utterances;
}

interface FilePart extends AnyPart {
  readonly mediaType?: unknown;
  readonly filename?: unknown;
}

function pieceOf(part: FilePart): (string | FileMention)[] {
  const { type, text, mediaType, filename } = part;
  if (type === "text" && typeof text === "string") return [text];
  if (type !== "file" && type !== "image") return [];
  const isImage = type === "image" || /^image(\/|$)/.test(String(mediaType));
  const name = typeof filename === "string" && filename !== "" ? filename : undefined;
  return [{ kind: isImage ? "image" : "file", name, part }];
}

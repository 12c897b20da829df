import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { DemoError } from "./demo-error.ts";
import { readConversation } from "./read-conversation.ts";
import { readMarkdown } from "./read-markdown.ts";
import { readPlainText } from "./read-plain-text.ts";
import type { Source } from "./statement.ts";

const mostBytes = 10_000_000;

/** Reads a file by its ending: `.md` and `.markdown`, `.json` (a conversation), anything else as plain text. */
export async function readSource(path: string): Promise<Source> {
  const text = await readText(path);
  const source = parseSource(path, text);
  if (source.statements.length === 0) throw new DemoError(`${path} says nothing to remember.`);
  return source;
}

function parseSource(path: string, text: string): Source {
  switch (extname(path).toLowerCase()) {
    case ".json":
      return readConversation(path, text);
    case ".md":
    case ".markdown":
      return readMarkdown(text);
    default:
      return readPlainText(text);
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  if (bytes.length === 0) throw new DemoError(`${path} is empty.`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Not UTF-8: the same answer as for a NUL, which text does not hold either.
  }
  throw new DemoError(`${path} is not text in UTF-8.`);
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const about = await stat(path);
    if (about.isDirectory()) throw new DemoError(`${path} is a directory; name a file.`);
    if (!about.isFile()) throw new DemoError(`${path} is not a regular file.`);
    if (about.size > mostBytes)
      throw new DemoError(`${path} is larger than 10 MB, too much for a demo.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof DemoError) throw error;
    const missing = (error as { code?: unknown }).code === "ENOENT";
    throw new DemoError(
      missing ? `${path} does not exist.` : `${path} cannot be read: ${(error as Error).message}`,
    );
  }
}

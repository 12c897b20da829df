import { type MarkedToken, marked, type Token, type Tokens } from "marked";
import { sanitizeScopeName } from "unimem";
import type { Source, Statement } from "./statement.ts";

/**
 * Headings become scopes; list entries, paragraphs and table rows become statements. An entry that begins with
 * a bold label, `**Decision:** …`, gets it as its category, and decisions are held to be more important.
 */
export function readMarkdown(text: string): Source {
  const { body, metadata } = splitFrontmatter(text);
  const statements: Statement[] = [];
  const headings: string[] = [];

  for (const token of marked.lexer(body) as MarkedToken[]) {
    if (token.type === "heading") {
      // A skipped level leaves no gap: h1 followed by h3 is one step down.
      headings.length = Math.min(headings.length, token.depth - 1);
      headings.push(sanitizeScopeName(plain(token.tokens)));
    } else {
      const scope = `/${headings.join("/")}`;
      for (const content of says(token)) {
        const label = /^(\p{L}+): /u.exec(content)?.[1]?.toLowerCase();
        const isLabelled = label !== undefined && token.raw.includes("**");
        statements.push({
          content,
          scope,
          metadata: { ...metadata, position: statements.length + 1 },
          ...(isLabelled && { categories: [label] }),
          ...(isLabelled && label === "decision" && { importance: 0.8 }),
        });
      }
    }
  }
  return { kind: "Markdown", statements, questions: [] };
}

/** What one block says, a statement each; code and HTML say nothing. */
function says(block: MarkedToken): string[] {
  switch (block.type) {
    case "paragraph":
    case "text":
      return nonBlank([plain(block.tokens ?? [block])]);
    case "blockquote":
      return (block.tokens as MarkedToken[]).flatMap(says);
    case "list":
      return block.items.flatMap(entrySays);
    case "table":
      return nonBlank(block.rows.map((row) => rowSays(row, block.header)));
    default:
      return [];
  }
}

/** An entry's own text, then its sub-entries; "Closed on:" lends its words to the entries below it. */
function entrySays({ tokens }: Tokens.ListItem): string[] {
  const blocks = tokens as MarkedToken[];
  const own = blocks.filter(({ type }) => type !== "list").flatMap(says);
  const below = blocks.filter(({ type }) => type === "list").flatMap(says);
  const title = own.join(" ");
  if (title.endsWith(":") && below.length > 0) return below.map((each) => `${title} ${each}`);
  return [...nonBlank([title]), ...below];
}

function rowSays(row: readonly Tokens.TableCell[], header: readonly Tokens.TableCell[]): string {
  return row.map((cell, i) => `${plain(header[i]?.tokens)}: ${plain(cell.tokens)}`).join("; ");
}

/** Inline Markdown without its marks. */
function plain(tokens: readonly Token[] = []): string {
  const words = (tokens as readonly MarkedToken[]).map((token) => {
    if (token.type === "br") return " ";
    if (token.type === "html") return "";
    if ("tokens" in token && token.tokens) return plain(token.tokens);
    return "text" in token ? withoutEntities(token.text) : "";
  });
  return words.join("").replace(/\s+/g, " ");
}

// marked leaves these to the browser.
const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

function withoutEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|nbsp);/g, (entity) => entities[entity] ?? entity);
}

function nonBlank(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim()).filter((text) => /[\p{L}\p{N}]/u.test(text));
}

/** The simple `key: value` lines between `---` at the very top, as metadata of every statement. */
function splitFrontmatter(text: string): { body: string; metadata: Record<string, string> } {
  const [whole = "", lines = ""] = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(text) ?? [];
  const pairs = lines.split(/\r?\n/).flatMap((line) => {
    const [, key, value] = /^([\w-]+):\s*(\S.*)$/.exec(line) ?? [];
    return key && value ? [[key, value.trim()] as const] : [];
  });
  return { body: text.slice(whole.length), metadata: Object.fromEntries(pairs) };
}

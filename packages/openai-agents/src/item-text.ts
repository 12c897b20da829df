import type { AgentInputItem } from "@openai/agents-core";

// About 500 tokens: enough to find a message by, cheap, and within the limits of every embedder.
const longest = 2000;

/**
 * What is embedded of an item: the beginning of what a message says; of anything else its kind and name, which
 * repeat, so that a cache embeds them once.
 */
export function itemText(item: AgentInputItem): string {
  const text = "role" in item ? spoken(item.content) : "";
  if (text.trim() !== "") return text.slice(0, longest).toWellFormed();
  const kind = item.type ?? "message";
  return "name" in item ? `${kind} ${item.name}`.toWellFormed() : kind;
}

type Content = Extract<AgentInputItem, { role: string }>["content"];

function spoken(content: Content): string {
  if (typeof content === "string") return content;
  // Nothing checks what a caller adds by hand, such as the `content: null` of another interface.
  if (!Array.isArray(content)) return "";
  return content
    .map((part: (typeof content)[number] | null) => {
      if (typeof part !== "object" || part === null) return "";
      if ("text" in part) return part.text;
      if ("refusal" in part) return part.refusal;
      return "transcript" in part ? (part.transcript ?? "") : "";
    })
    .filter((text) => text !== "")
    .join("\n");
}

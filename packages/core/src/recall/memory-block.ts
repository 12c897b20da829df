import { estimateTokens } from "../domain/estimate-tokens.ts";
import { inertJson } from "../domain/inert-text.ts";

/**
 * Memories as text for the prompt of a language model: a notice that says what they are, and their lines, between
 * `<memories>` and `</memories>`. Lines made by {@link inertJson} can neither end the block nor hide.
 */
export function memoryBlock(notice: string, lines: readonly string[]): string {
  return ["<memories>", notice, ...lines, "</memories>"].join("\n");
}

/**
 * Those of some memories whose lines, made by {@link inertJson}, take no more tokens than these together; in their
 * order. One that does not fit into what is left is passed over for the next.
 */
export function fitLines<Shown extends object>(
  memories: readonly Shown[],
  maxTokens: number,
): Shown[] {
  let left = maxTokens;
  const fitting: Shown[] = [];
  for (const memory of memories) {
    const tokens = estimateTokens(`${inertJson(memory)}\n`);
    if (tokens > left) continue;
    left -= tokens;
    fitting.push(memory);
  }
  return fitting;
}

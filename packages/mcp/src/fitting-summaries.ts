import { inertJson } from "@unimem/core";

// What a tool answers with must leave room for the conversation, however many memories were asked for.
const maxCharacters = 50_000;

/**
 * As many of the summaries, from the first on, as one answer has room for. The first always has: who asks for the
 * rest by an offset gets on.
 */
export function fittingSummaries<Summary extends object>(summaries: readonly Summary[]): Summary[] {
  let room = maxCharacters;
  const isTooMuch = (summary: Summary, i: number) => {
    room -= inertJson(summary).length; // as toolResult writes it
    return i > 0 && room < 0;
  };
  const end = summaries.findIndex(isTooMuch);
  return end < 0 ? [...summaries] : summaries.slice(0, end);
}

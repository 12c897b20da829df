import type { MemoryRecord } from "../domain/memory-record.ts";
import { dayAt } from "../domain/time-zone.ts";
import { findGapsPrompt } from "../prompts/find-gaps.ts";
import { askChecked, type ModelTools } from "./ask-checked.ts";
import { checkGaps, type Gap } from "./check-gaps.ts";

const excerptLength = 400;

export interface GapsInput {
  readonly text: string;
  readonly timeZone: string;
  readonly searched: Iterable<string>;
  /** The best first. */
  readonly records: readonly MemoryRecord[];
}

/** What a model misses in the records found for a query: `undefined` where it fails. */
export async function findGaps(
  { text, timeZone, searched, records }: GapsInput,
  { now, ...model }: ModelTools & { now: Date },
): Promise<Gap[] | undefined> {
  const prompt = findGapsPrompt({
    today: dayAt(now, timeZone).day,
    query: text,
    searched: [...searched],
    memories: records.map(({ content, createdAt }) => ({
      saved: dayAt(createdAt, timeZone).day,
      content: excerpt(content),
    })),
  });
  return askChecked("explore", prompt, checkGaps, model);
}

function excerpt(content: string): string {
  if (content.length <= excerptLength) return content;
  return `${content.slice(0, excerptLength).toWellFormed()} …`;
}

import { unitVector } from "../domain/vector.ts";
import { newRecord, parseDraft, type RememberOptions } from "../save/draft.ts";
import type { ComparedDraft } from "../save/find-similar.ts";

const now = new Date("2026-01-01T00:00:00.000Z");

/** A draft beside records like it, which are given by their ids: `{ r1: "old content" }`. */
export function comparedDraft(
  content: string,
  options: RememberOptions = {},
  similar: Record<string, string> = {},
): ComparedDraft {
  const vector = unitVector([1, 0]);
  return {
    ...parseDraft(content, options),
    vector,
    similar: Object.entries(similar).map(([id, old]) =>
      newRecord({ ...parseDraft(old, {}), vector }, {}, { id, now, defaultImportance: 0.5 }),
    ),
  };
}

import type { RecordFilter } from "../domain/record-filter.ts";
import { dayAt } from "../domain/time-zone.ts";
import { knownScopes } from "../model/known-places.ts";
import { analyseQueryPrompt } from "../prompts/analyse-query.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { askChecked, type ModelTools } from "./ask-checked.ts";
import { checkAnalysis, type QueryAnalysis } from "./check-analysis.ts";

export interface AnalyseTools extends ModelTools {
  readonly storage: Pick<StorageBackend, "scopes">;
  readonly now: Date;
}

/** What a model makes of a query: `undefined` where it fails. */
export async function analyseQuery(
  { text, filter, timeZone }: { text: string; filter: RecordFilter; timeZone: string },
  { storage, now, ...model }: AnalyseTools,
): Promise<QueryAnalysis | undefined> {
  const { day: today, weekday } = dayAt(now, timeZone);
  const scopes = await knownScopes(storage, filter);
  const prompt = analyseQueryPrompt({ today, weekday, timeZone, scopes, query: text });
  return askChecked("analyse", prompt, (answer) => checkAnalysis(answer, timeZone), model);
}

import type { RecordFilter } from "../domain/record-filter.ts";
import type { Scope } from "../domain/scope.ts";
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

export interface AnalyseQuery {
  readonly text: string;
  readonly filter: RecordFilter;
  /** What the scopes that a model is told, and those that it answers with, are relative to. */
  readonly root: Scope;
  readonly timeZone: string;
}

/** What a model makes of a query: `undefined` where it fails. */
export async function analyseQuery(
  { text, filter, root, timeZone }: AnalyseQuery,
  { storage, now, ...model }: AnalyseTools,
): Promise<QueryAnalysis | undefined> {
  const { day: today, weekday } = dayAt(now, timeZone);
  const scopes = await knownScopes(storage, filter, root);
  const prompt = analyseQueryPrompt({ today, weekday, timeZone, scopes, query: text });
  return askChecked("analyse", prompt, (answer) => checkAnalysis(answer, timeZone, root), model);
}

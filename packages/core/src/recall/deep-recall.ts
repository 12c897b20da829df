import type { RecordFilter } from "../domain/record-filter.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { type AnalyseQuery, analyseQuery } from "./analyse-query.ts";
import type { QueryAnalysis } from "./check-analysis.ts";
import {
  type ExploreLimits,
  type ExploreQuery,
  type ExploreTools,
  exploreGaps,
  type Findings,
} from "./explore-gaps.ts";
import type { Candidate, Question } from "./find-candidates.ts";
import { mergeCandidates } from "./merge-candidates.ts";
import { type Narrowing, narrowFilter } from "./narrow-filter.ts";
import { type MemoryMatch, rankMatches } from "./rank-matches.ts";
import { embedQuestions, type SearchTools, searchQuestions } from "./search-questions.ts";

export interface DeepTools extends ExploreTools {
  readonly storage: Pick<StorageBackend, "nearest" | "matching" | "scopes">;
  readonly limits: ExploreLimits & { readonly queryAnalysisThreshold: number };
}

/** Recall that thinks with a model: analyse → search → route ⟲ explore → score → rank. */
export async function deepRecall(
  query: ExploreQuery & AnalyseQuery,
  tools: DeepTools,
): Promise<MemoryMatch[]> {
  const { text, filter, limit } = query;
  const isLong = text.length >= tools.limits.queryAnalysisThreshold;
  const analysis = (isLong ? await analyseQuery(query, tools) : undefined) ?? unanalysed;
  // The query itself stays among the questions: whatever a model makes of it, what it finds alone is found.
  const searched = [...new Set([text, ...analysis.queries])];
  const questions = withKeywords(await embedQuestions(searched, tools.embed), analysis.keywords);
  const { candidates, narrowing } = await searchNarrowed(questions, filter, analysis, tools);
  const findings: Findings = {
    candidates,
    searched,
    complex: analysis.complex,
    filter: narrowFilter(filter, { ...narrowing, scopes: [] }),
  };
  const explored = await exploreGaps(query, findings, tools);
  const matches = rankMatches(explored.candidates, tools.weights, tools.now).slice(0, limit);
  const gaps = [...emptyPeriod(analysis, narrowing), ...explored.gaps];
  return matches.map((match, i) => (i === 0 ? { ...match, evidenceGaps: gaps } : match));
}

const unanalysed: QueryAnalysis = {
  queries: [],
  keywords: [],
  complex: false,
  scopes: [],
  period: undefined,
};

/**
 * Keywords are only added to the words of the query itself. As a question of their own they would be the worst:
 * every record with the one name that all are about would match all of its words.
 */
function withKeywords(
  [query, ...others]: readonly Question[],
  keywords: readonly string[],
): Question[] {
  return query ? [{ ...query, text: [query.text, ...keywords].join(" ") }, ...others] : [];
}

/**
 * Searches where and when the model says. Where nothing at all is there, it looks in all that the caller
 * sees, first still in the period, then at any time: an answer that a wrong guess has emptied helps nobody.
 */
async function searchNarrowed(
  questions: readonly Question[],
  filter: RecordFilter,
  { scopes, period }: Narrowing,
  tools: SearchTools,
): Promise<{ candidates: Candidate[]; narrowing: Narrowing }> {
  const search = async (narrowing: Narrowing) => {
    const found = await searchQuestions(questions, narrowFilter(filter, narrowing), tools);
    return { candidates: mergeCandidates(found), narrowing };
  };
  for (const narrowing of [
    ...(scopes.length > 0 ? [{ scopes, period }] : []),
    ...(period ? [{ scopes: [], period }] : []),
  ]) {
    const narrowed = await search(narrowing);
    if (narrowed.candidates.length > 0) return narrowed;
  }
  return search({ scopes: [], period: undefined });
}

function emptyPeriod({ period }: QueryAnalysis, used: Narrowing): string[] {
  return period && !used.period ? [`Nothing was saved ${period.name}.`] : [];
}

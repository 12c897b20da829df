import { asMemoryError } from "../domain/memory-error.ts";
import type { RecordFilter } from "../domain/record-filter.ts";
import type { ModelTools } from "./ask-checked.ts";
import type { Gap } from "./check-gaps.ts";
import type { Candidate, Question } from "./find-candidates.ts";
import { findGaps } from "./find-gaps.ts";
import { mergeCandidates } from "./merge-candidates.ts";
import { rankMatches } from "./rank-matches.ts";
import type { RecallQuery, RecallTools } from "./recall-matches.ts";
import { embedQuestions, searchQuestions } from "./search-questions.ts";
import { type ConfidenceThresholds, shouldExplore } from "./should-explore.ts";

const shownMatches = 8;

export interface ExploreQuery extends RecallQuery {
  readonly timeZone: string;
}

export interface ExploreTools extends RecallTools, ModelTools {
  readonly limits: ExploreLimits;
}

export interface ExploreLimits extends ConfidenceThresholds {
  readonly explorationBudget: number;
}

/** What is known after the first search. */
export interface Findings {
  readonly candidates: readonly Candidate[];
  /** The texts that were searched for. */
  readonly searched: readonly string[];
  readonly complex: boolean;
  /** Where to look for more: all that the caller sees, in the period that the query names. */
  readonly filter: RecordFilter;
}

export interface Explored {
  readonly candidates: readonly Candidate[];
  /** What was missing and was not found. */
  readonly gaps: readonly string[];
}

/**
 * While the best match is not good enough and there is budget left: asks the model what is missing, and
 * searches for it. Ends with what it has where the model or the embedder fails, or the model misses nothing or
 * repeats itself.
 */
export async function exploreGaps(
  { text, timeZone }: ExploreQuery,
  { candidates: first, searched: asked, complex, filter }: Findings,
  tools: ExploreTools,
): Promise<Explored> {
  const { weights, now, limits } = tools;
  const searched = new Set(asked);
  let candidates = first;
  let open: readonly Gap[] = [];
  for (let budget = limits.explorationBudget; budget > 0; budget--) {
    const matches = rankMatches(candidates, weights, now);
    const [best] = matches; // none: the caller sees nothing at all
    if (best === undefined || !shouldExplore(best.score, complex, limits)) break;
    const records = matches.slice(0, shownMatches).map(({ record }) => record);
    const gaps = await findGaps({ text, timeZone, searched, records }, tools);
    if (gaps === undefined) break;
    open = gaps;
    const fresh = gaps.map(({ question }) => question).filter((each) => !searched.has(each));
    if (fresh.length === 0) break;
    for (const question of fresh) searched.add(question);
    const questions = await embedIfPossible(fresh, tools);
    if (questions === undefined) break;
    const found = await searchQuestions(questions, filter, tools);
    const shown = new Set(records.map(({ id }) => id));
    open = gaps.filter(
      ({ question }) => !isFilled(found[fresh.indexOf(question)] ?? [], shown, tools),
    );
    candidates = mergeCandidates([candidates, ...found]);
  }
  return { candidates, gaps: open.map(({ fact }) => fact) };
}

/** `undefined`, and `onFallback` is told, where the embedder fails: what has been found is an answer without it. */
async function embedIfPossible(
  texts: readonly string[],
  { embed, signal, onFallback }: ExploreTools,
): Promise<Question[] | undefined> {
  try {
    return await embedQuestions(texts, embed);
  } catch (error) {
    if (signal?.aborted) throw error;
    onFallback("explore", asMemoryError(error, "EMBEDDING_FAILED", "The embedder threw an error."));
    return undefined;
  }
}

/**
 * Whether the search for what was missing has brought something that the model had not seen, and that fits
 * the question, whatever its age and importance, well enough not to explore for it again.
 */
function isFilled(
  found: readonly Candidate[],
  shown: ReadonlySet<string>,
  { weights, now, limits }: ExploreTools,
): boolean {
  const unseen = found.filter(({ record }) => !shown.has(record.id));
  const byFit = { ...weights, semanticWeight: 1, recencyWeight: 0, importanceWeight: 0 };
  const [best] = rankMatches(unseen, byFit, now);
  return best !== undefined && best.score >= limits.confidenceThresholdLow;
}

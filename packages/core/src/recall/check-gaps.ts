import { isPlainObject } from "../domain/metadata.ts";
import { listOf, usableText } from "../model/usable-texts.ts";

/** What is missing to answer a query, and the question that would find it. */
export interface Gap {
  readonly fact: string;
  readonly question: string;
}

const maxGaps = 3;
const maxFactLength = 300;
const maxQuestionLength = 500;

/**
 * Turns any answer of a model into gaps with distinct questions; `undefined` where it does not say whether
 * anything is missing. Total: whatever is malformed or too much is left out.
 */
export function checkGaps(answer: unknown): Gap[] | undefined {
  if (!isPlainObject(answer) || !Array.isArray(answer.missing)) return undefined;
  const gaps = listOf(answer.missing).flatMap((item) => {
    if (!isPlainObject(item)) return [];
    const fact = usableText(item.fact, maxFactLength);
    const question = usableText(item.question, maxQuestionLength);
    return fact && question ? [{ fact, question }] : [];
  });
  if (gaps.length === 0 && answer.missing.length > 0) return undefined;
  const questions = gaps.map(({ question }) => question);
  return gaps.filter(({ question }, i) => questions.indexOf(question) === i).slice(0, maxGaps);
}

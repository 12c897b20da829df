import type { Question, Source } from "./statement.ts";

const most = 8;

export interface Asking {
  readonly questions: readonly Question[];
  /** Where they come from, for the reader of the output. */
  readonly origin: string;
}

/** The caller's questions, else the text's own, else the words to which it returns most often. */
export function chooseQuestions(
  asked: readonly string[],
  source: Source,
  prepared: readonly Question[],
): Asking {
  if (asked.length > 0)
    return { questions: asked.map((text) => ({ text })), origin: "as given with --ask" };
  if (prepared.length > 0) return { questions: prepared, origin: "written with the notes" };
  if (source.questions.length > 0)
    return { questions: source.questions.slice(0, most), origin: "the first of the file's own" };
  return {
    questions: frequentWords(source),
    origin: 'none given, so the words that come up most; better: --ask "your question"',
  };
}

/** Words of the middle: in several statements, but not in so many that they tell nothing. */
function frequentWords({ statements }: Source): Question[] {
  const segmenter = new Intl.Segmenter("en", { granularity: "word" });
  const counts = new Map<string, number>();
  for (const { content } of statements) {
    const words = [...segmenter.segment(content.toLowerCase())].map(({ segment }) => segment);
    for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .filter(([word]) => /^\p{L}{4,}$/u.test(word) && !tooCommon.has(word))
    .filter(([, count]) => count <= Math.max(2, statements.length / 4))
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([text, count]) => ({
      text,
      note: `in ${count} ${count === 1 ? "statement" : "statements"}`,
    }));
}

const tooCommon = new Set(
  `about after again also always another because been before being both cannot come could does done
  down each even ever every first from going good great have having here into just know less like
  little long made make makes many more most much must never once only other over people really said
  same should since some something still such sure take than thank thanks that their them then there
  these they thing things think this those through time today under until upon used using very want
  well were what when where which while will with within without would year years your`.split(
    /\s+/,
  ),
);

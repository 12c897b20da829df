import type { Source } from "./statement.ts";

/** Plain text has no headings, so all its sentences lie in the root scope. */
export function readPlainText(text: string): Source {
  const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
  const sentences = text
    .split(/\r?\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .flatMap((paragraph) => sentencesOf(paragraph, segmenter))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
  return {
    kind: "plain text",
    statements: sentences.map((content, i) => ({
      content,
      scope: "/",
      metadata: { position: i + 1 },
    })),
    questions: [],
  };
}

function sentencesOf(paragraph: string, segmenter: Intl.Segmenter): string[] {
  const sentences: string[] = [];
  let begun = "";
  for (const { segment } of segmenter.segment(paragraph)) {
    begun += segment;
    if (endsInAbbreviation.test(begun)) continue;
    sentences.push(begun.trim());
    begun = "";
  }
  if (begun !== "") sentences.push(begun.trim());
  return sentences;
}

// The segmenter takes the full stop after a title or an initial for the end of a sentence.
const endsInAbbreviation = /(?:^|[\s("“])(?:Mr|Mrs|Ms|Dr|Prof|St|\p{Lu})\.\s*$/u;

const k1 = 1.5;
const b = 0.75;

/**
 * Plain BM25 over Unicode words in lower case, no stemming (Robertson and Zaragoza 2009, with Lucene's idf): the
 * yardstick that recall is held to. Answers with the places of the texts, the most relevant first.
 */
export function bm25(texts: readonly string[]): (query: string, limit: number) => number[] {
  const counts = texts.map((text) => countWords(text));
  const lengths = counts.map((each) => [...each.values()].reduce((sum, count) => sum + count, 0));
  const average = lengths.reduce((sum, length) => sum + length, 0) / texts.length;
  const frequency = new Map<string, number>();
  for (const each of counts)
    for (const word of each.keys()) frequency.set(word, (frequency.get(word) ?? 0) + 1);

  return (query, limit) => {
    const terms = words(query).flatMap((word) => {
      const n = frequency.get(word);
      return n === undefined
        ? []
        : [{ word, idf: Math.log(1 + (texts.length - n + 0.5) / (n + 0.5)) }];
    });
    const relevance = (i: number) =>
      terms.reduce((sum, { word, idf }) => {
        const count = counts[i]?.get(word) ?? 0;
        return (
          sum +
          (idf * count * (k1 + 1)) / (count + k1 * (1 - b + (b * (lengths[i] ?? 0)) / average))
        );
      }, 0);
    return texts
      .map((_, place) => ({ place, relevance: relevance(place) }))
      .filter((each) => each.relevance > 0)
      .sort((x, y) => y.relevance - x.relevance)
      .slice(0, limit)
      .map(({ place }) => place);
  };
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

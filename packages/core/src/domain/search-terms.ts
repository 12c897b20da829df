// Letters of these scripts follow each other without spaces between words.
const unspacedScripts = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}`;
const runs = new RegExp(
  String.raw`[${unspacedScripts}]+|[[\p{L}\p{N}\p{M}]--[${unspacedScripts}]]+|\p{Extended_Pictographic}`,
  "gv",
);
const unspacedRun = new RegExp(`^[${unspacedScripts}]`, "v");

/** English words that say little of what a text is about. */
export const functionWords = new Set(
  (
    "a about am an and are as at be been but by can could d did do does for from had has have he her his how i " +
    "if in into is it its ll m me my of on or our re s she should so such t than that the their them then there " +
    "these they this to ve was we were what when where which who whom why will with would you your"
  ).split(" "),
);

/**
 * The words of a text that say what it is about, folded to a common form, for an index of words; all of its
 * words where it has only function words.
 */
export function searchTerms(text: string): string[] {
  const words = wordsOf(text);
  const telling = words.filter((word) => !functionWords.has(word));
  return (telling.length > 0 ? telling : words).map(foldWord);
}

/**
 * Words in lower case without accents. Scripts without spaces give every letter and every two neighbours;
 * a text without any word gives its characters.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC");
  const found = plain.match(runs) ?? plain.match(/\S/gu) ?? [];
  return found.flatMap((run) => {
    if (!unspacedRun.test(run)) return run;
    const letters = [...run];
    return [...letters, ...letters.slice(1).map((letter, i) => `${letters[i]}${letter}`)];
  });
}

/** English plurals, -ed, -ing and -ly as their stem; only ever compared, so it need not be a word. */
export function foldWord(word: string): string {
  if (!/^[a-z]{4,}$/.test(word)) return word;
  return word
    .replace(/ies$/, "y")
    .replace(/(?<![isu])s$/, "")
    .replace(/(?<=...)(?:ing|ed|ly)$/, "")
    .replace(/([bdgmnprt])\1$/, "$1")
    .replace(/(?<=...)e$/, "")
    .replace(/(?<=...)y$/, "i");
}

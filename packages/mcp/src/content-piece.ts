// Of which, escaped, an answer has room for every one.
const maxCharacters = 8000;

/** A piece of a content from a place on, in whole characters, and where the next one begins, if there is one. */
export function contentPiece(
  content: string,
  from: number,
): { readonly content: string; readonly nextFrom?: number } {
  const end = from + maxCharacters;
  if (end >= content.length) return { content: content.slice(from).toWellFormed() };
  // Half of a pair belongs to the next piece.
  const nextFrom = (content.codePointAt(end - 1) ?? 0) > 0xffff ? end - 1 : end;
  return { content: content.slice(from, nextFrom).toWellFormed(), nextFrom };
}

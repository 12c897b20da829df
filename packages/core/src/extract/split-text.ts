// From the best place to cut to the worst; the last always cuts.
const borders = [/\n\s*\n/g, /\n/g, /(?<=[.!?…])\s+|(?<=[。！？])\s*/gu, /\s+/g];

/**
 * Cuts a text into pieces of at most `limit` UTF-16 code units, at the last paragraph border that fits, else
 * at the end of a line, of a sentence or of a word, else between two characters. Nothing but the white space
 * around a cut is left out, and no piece is blank.
 */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > limit) {
    const end = cutAt(rest, limit);
    pieces.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  if (rest !== "") pieces.push(rest);
  return pieces;
}

function cutAt(text: string, limit: number): number {
  const window = text.slice(0, limit + 1);
  for (const border of borders) {
    const last = [...window.matchAll(border)].findLast(({ index }) => index > 0 && index <= limit);
    if (last !== undefined) return last.index;
  }
  const isPair = /[\ud800-\udbff]/.test(text[limit - 1] as string) && limit > 1;
  return isPair ? limit - 1 : limit;
}

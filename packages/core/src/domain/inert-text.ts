/**
 * A text in which no character acts on a reader, for what goes to a language model as data. Angle brackets and
 * `&`, which make tags; what breaks a line, but for `\n`; what turns the order of what is shown; and what cannot
 * be seen are written as JSON writes them, `\u003c`. Joiners and the marks that choose the look of an emoji stay,
 * because scripts need them.
 */
export function inertText(text: string): string {
  return text.replace(active, escaped);
}

/** JSON of a value, on one line, in which no character acts on a reader; parsed, it is the same value. */
export function inertJson(value: object): string {
  return inertText(JSON.stringify(value));
}

const active =
  /[<>&\u007f-\u009f\p{Zl}\p{Zp}]|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/gu;

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

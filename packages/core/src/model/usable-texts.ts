/**
 * The usable texts in a list of a model's answer: trimmed, distinct, in their order, at most `most` of at most
 * `maxLength` UTF-16 code units. What is no text, blank, longer or malformed is left out. Total.
 */
export function usableTexts(value: unknown, maxLength: number, most: number): string[] {
  const texts = listOf(value).map((each) => usableText(each, maxLength));
  return [...new Set(texts.filter((each) => each !== undefined))].slice(0, most);
}

/** A text of a model's answer, trimmed; `undefined` where it is none, blank, longer than that, or malformed. */
export function usableText(value: unknown, maxLength: number): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text !== "" && text.length <= maxLength && text.isWellFormed() ? text : undefined;
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

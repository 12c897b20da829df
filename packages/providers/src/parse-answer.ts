/**
 * What a model wrote, as JSON: all of it, or what stands between the first and the last ``` of it, because
 * models that are not held to JSON like to put it there. `undefined` where neither is JSON.
 */
export function parseAnswer(text: string): { readonly value: unknown } | undefined {
  return parseJson(text) ?? parseJson(/```(?:json)?([\s\S]*)```/i.exec(text)?.[1]);
}

function parseJson(text: string | undefined): { value: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/**
 * An answer as the JSON it stands for, so that what is checked is what is used: no getter, proxy or hole is
 * left in it. `undefined` for what is no JSON, such as a cycle.
 */
export function plainAnswer(answer: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(answer));
  } catch {
    return undefined;
  }
}

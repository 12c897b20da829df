/** Aborted when nobody waits any more, unless `done` is; who has no signal waits for ever. */
export function jointSignal(
  given: readonly (AbortSignal | undefined)[],
  done: AbortSignal,
): AbortSignal | undefined {
  const signals = given.filter((signal) => signal !== undefined);
  if (signals.length < given.length) return undefined;
  const all = new AbortController();
  const check = () => {
    if (signals.every(({ aborted }) => aborted)) all.abort();
  };
  for (const signal of signals) signal.addEventListener("abort", check, { signal: done });
  check();
  return all.signal;
}

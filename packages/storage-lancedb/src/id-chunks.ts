/** Lance takes a hundred megabytes for every few thousand ids in a condition. */
export const mostListedIds = 1_000;

/** `ids` in parts that a condition can list. */
export function idChunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / mostListedIds) }, (_, i) =>
    ids.slice(i * mostListedIds, (i + 1) * mostListedIds),
  );
}

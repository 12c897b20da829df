import type { Memory } from "unimem";
import type { Statement } from "./statement.ts";

const page = 10_000;

/** The statements that the memory does not hold yet, each once. */
export async function newStatements(
  memory: Memory,
  statements: readonly Statement[],
): Promise<Statement[]> {
  const known = new Set<string>();
  for (let offset = 0; ; offset += page) {
    const records = await memory.listRecords({ limit: page, offset });
    for (const { content, scope, source } of records) known.add(keyOf(content, scope, source));
    if (records.length < page) break;
  }
  return statements.filter(({ content, scope, source = null }) => {
    const key = keyOf(content, scope, source);
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

/**
 * Remembers the statements in about twenty batches, and tells `onSaved` after each. The calls of a batch are
 * made at once, so the memory saves them with one call of the embedder and one write. Every batch is stored as a
 * whole or not at all, so stopping in between leaves a store that the next run goes on with.
 */
export async function rememberInBatches(
  memory: Memory,
  statements: readonly Statement[],
  onSaved: (count: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const size = Math.min(500, Math.max(4, Math.ceil(statements.length / 20)));
  let saved = 0;
  while (saved < statements.length && !signal.aborted) {
    const batch = statements.slice(saved, saved + size);
    await Promise.all(batch.map(({ content, ...options }) => memory.remember(content, options)));
    saved += batch.length;
    onSaved(batch.length);
  }
  return saved;
}

function keyOf(content: string, scope: string, source: string | null): string {
  return JSON.stringify([scope, source, content]);
}

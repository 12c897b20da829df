import type { AgentMemory } from "./agent-memory.ts";

const most = 500;

/**
 * Knows what was recalled lately, so that it is not stored again as new when the model repeats it. Compares
 * words, in their order, and nothing else: what only resembles a memory may be a correction of it, and whether it
 * is one is decided by the memory when it stores.
 */
export class RecalledTextGuard {
  readonly #texts = new Set<string>();

  note(contents: Iterable<string>): void {
    for (const content of contents) {
      const key = wordsOf(content);
      this.#texts.delete(key); // the latest go last
      this.#texts.add(key);
    }
    for (const oldest of this.#texts) {
      if (this.#texts.size <= most) break;
      this.#texts.delete(oldest);
    }
  }

  isEcho(text: string): boolean {
    return this.#texts.has(wordsOf(text));
  }

  /** What is stored may replace what was recalled; from then on the old words may be news again. */
  forget(): void {
    this.#texts.clear();
  }
}

const guards = new WeakMap<AgentMemory, Map<string, RecalledTextGuard>>();

/**
 * The one guard of a memory, as seen on behalf of one source: what a tool has recalled is then no news to the
 * hooks, and what was recalled for one user says nothing about another.
 */
export function guardOf(memory: AgentMemory, source: string | undefined): RecalledTextGuard {
  const bySource = guards.get(memory) ?? new Map<string, RecalledTextGuard>();
  guards.set(memory, bySource);
  const key = source ?? "";
  const guard = bySource.get(key) ?? new RecalledTextGuard();
  bySource.set(key, guard);
  return guard;
}

// Quotation marks and what ends a sentence are no words. Any other sign may be one: a minus, "%", the end of "C#".
function wordsOf(text: string): string {
  return text
    .replace(/^(?:user|assistant): /i, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Pi}\p{Pf}]|(?<!\p{N})['"`]/gu, "")
    .replace(/[.,;:!…。、]+(?=\s|$)/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

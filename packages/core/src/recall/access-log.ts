import type { Runtime } from "../domain/runtime.ts";

const flushAfterMs = 30_000;
const flushAtIds = 1000;

/**
 * Remembers which records recall has returned, so that reading writes nothing: the ids are handed to `flush`
 * together, 30 s after the first of them, at 1,000 ids, or when asked to. What is noted is advice; if
 * `flush` fails it is given up rather than kept, because recall must not depend on it, and `onFailure` is told.
 */
export class AccessLog {
  readonly #runtime: Runtime;
  readonly #flush: (ids: string[], at: Date) => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  readonly #ids = new Set<string>();
  #cancelTimer: (() => void) | undefined;

  constructor(
    runtime: Runtime,
    flush: (ids: string[], at: Date) => Promise<void>,
    onFailure: (error: unknown) => void,
  ) {
    this.#runtime = runtime;
    this.#flush = flush;
    this.#onFailure = onFailure;
  }

  note(ids: Iterable<string>): void {
    for (const id of ids) this.#ids.add(id);
    if (this.#ids.size >= flushAtIds) void this.flush();
    else if (this.#ids.size > 0)
      this.#cancelTimer ??= this.#runtime.after(flushAfterMs, () => void this.flush());
  }

  /** Never rejects. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const ids = [...this.#ids];
    this.#ids.clear();
    if (ids.length === 0) return;
    try {
      await this.#flush(ids, this.#runtime.now());
    } catch (error) {
      this.#onFailure(error);
    }
  }
}

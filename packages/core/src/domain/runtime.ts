/**
 * The one source of time, ids and timers. Tests pass their own, so that they are exact and never wait.
 */
export interface Runtime {
  now(): Date;
  /** A new id, unique for ever and never empty. */
  newId(): string;
  /** Calls `callback` once, `ms` milliseconds from now, unless the returned function is called before. */
  after(ms: number, callback: () => void): () => void;
}

// What a timer can count, about 25 days; it takes more for nothing at all, and is over at once.
const longestTimer = 2 ** 31 - 1;

/** The machine's clock, random ids (UUID version 4), and timers that do not keep the process alive. */
export const systemRuntime: Runtime = {
  now: () => new Date(),
  newId: () => crypto.randomUUID(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, longestTimer));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

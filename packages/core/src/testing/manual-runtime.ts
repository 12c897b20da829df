import type { Runtime } from "../domain/runtime.ts";

/** A runtime whose clock moves only when told to, and whose ids count up from `id-000001`. */
export interface ManualRuntime extends Runtime {
  /** Moves the clock and calls the timers that fall due on the way, in their order. */
  advance(ms: number): void;
}

export function manualRuntime(start: Date | string = "2026-01-01T00:00:00.000Z"): ManualRuntime {
  let now = new Date(start).getTime();
  let ids = 0;
  const timers = new Set<{ due: number; callback: () => void }>();
  return {
    now: () => new Date(now),
    newId: () => `id-${String(++ids).padStart(6, "0")}`,
    after(ms, callback) {
      const timer = { due: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.due);
        next.callback();
      }
      now = end;
    },
  };
}

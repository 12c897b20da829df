import type { MemoryEventName, MemoryEvents, MemoryListener } from "./memory-events.ts";

/** Delivers events at once and in order. A listener that throws or rejects harms nobody. */
export class EventHub {
  readonly #listeners = new Map<MemoryEventName, Set<(event: never) => unknown>>();

  on<Name extends MemoryEventName>(name: Name, listener: MemoryListener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const own = (event: MemoryEvents[Name]) => listener(event); // the same listener may be added twice
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  emit<Name extends MemoryEventName>(name: Name, event: MemoryEvents[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        const result = (listener as (event: MemoryEvents[Name]) => unknown)(event);
        if (result instanceof Promise) result.catch(() => {});
      } catch {
        // The listener's own business: what it observes must not change because it looks.
      }
    }
  }
}

import type { MemoryMatch } from "@unimem/core";

/**
 * What recalling for one task did. Unlike the events of a memory these carry content, so only the listener
 * that the application itself passes hears them: think before they go to a log.
 */
export type RetrievalEvent =
  | {
      readonly type: "retrieval.started";
      /** The same in all events of one task. */
      readonly task: string;
      readonly query: string;
      readonly at: Date;
    }
  | {
      readonly type: "retrieval.completed";
      readonly task: string;
      readonly query: string;
      readonly matches: readonly MemoryMatch[];
      /** What the model is shown of them; empty where nothing was found. */
      readonly block: string;
      readonly at: Date;
      readonly durationMs: number;
    }
  | {
      /** The task goes on without memories. */
      readonly type: "retrieval.failed";
      readonly task: string;
      readonly query: string;
      readonly error: unknown;
      readonly at: Date;
      readonly durationMs: number;
    };

/** How storing after one task ended. Carries content, like {@link RetrievalEvent}. */
export type KeepingEvent =
  | {
      readonly type: "keeping.completed";
      readonly task: string;
      /** What was stored; empty where there was nothing new. */
      readonly contents: readonly string[];
      /** What was left out, because it had been recalled shortly before. */
      readonly echoes: readonly string[];
      readonly at: Date;
    }
  | {
      readonly type: "keeping.failed";
      readonly task: string;
      readonly error: unknown;
      readonly at: Date;
    };

/** Calls a listener; one that throws or rejects harms nobody. */
export function tell<Event>(listener: ((event: Event) => unknown) | undefined, event: Event): void {
  try {
    Promise.resolve(listener?.(event)).catch(() => {});
  } catch {
    // The listener's own business: a turn must not change because somebody looks.
  }
}

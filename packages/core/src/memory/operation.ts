import { isMemoryError } from "../domain/memory-error.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { UsageMeter } from "./usage-meter.ts";

/** One call of a memory, from its beginning on, for the event that tells how it ended. */
export class Operation {
  /** Counts the calls of one memory. */
  readonly id: number;
  readonly #meter: UsageMeter;
  readonly #runtime: Runtime;
  readonly #start: number;

  constructor(id: number, meter: UsageMeter, runtime: Runtime) {
    this.id = id;
    this.#meter = meter;
    this.#runtime = runtime;
    this.#start = runtime.now().getTime();
  }

  /** What it cost, in tokens and time. It is no longer counted for afterwards. */
  end() {
    const usage = this.#meter.take(this.id);
    return { operation: this.id, usage, durationMs: this.#runtime.now().getTime() - this.#start };
  }

  fail(error: unknown) {
    return { ...this.end(), ...toldError(error) };
  }
}

/** What listeners are told of an error: nothing but what is known to hold no content. */
export function toldError(error: unknown) {
  if (isMemoryError(error)) return { code: error.code, message: error.message };
  return {
    code: "STORAGE_CONTRACT" as const,
    message: "Something failed with an error that is not a MemoryError.",
  };
}

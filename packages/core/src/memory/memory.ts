import { MemoryError } from "../domain/memory-error.ts";
import { rootScope } from "../domain/scope.ts";
import { MemoryEngine } from "./memory-engine.ts";
import type { MemoryEventName, MemoryListener } from "./memory-events.ts";
import { type MemoryOptions, parseMemoryOptions } from "./memory-options.ts";
import { MemoryScope } from "./memory-scope.ts";
import { assertWritable } from "./view.ts";

/**
 * A memory: stores facts and finds the right ones again. Nothing is opened before the first call that needs
 * it, so making one never fails for a missing server or key. Every read waits for the writes that were
 * accepted before it. All methods that answer with a promise reject with a `MemoryError`.
 *
 * It is the scope at its root, `"/"` or `rootScope`, and has the verbs of one; and it owns what its views share:
 * the storage, the queue of writes, the events.
 */
export class Memory extends MemoryScope {
  readonly #engine: MemoryEngine;

  /** Throws `INVALID_INPUT` for options that are wrong in themselves, and nothing else. */
  constructor(options: MemoryOptions) {
    const engine = new MemoryEngine(parseMemoryOptions(options));
    const { root, readOnly } = engine.options;
    super(engine, { root, scopes: [root], inferScope: true, source: undefined, readOnly });
    this.#engine = engine;
  }

  /**
   * Deletes everything in the store, also one that was written with another embedder. Rejects with
   * `NOT_SUPPORTED` where `rootScope` confines this memory.
   */
  async resetAll(): Promise<void> {
    assertWritable(this);
    if (this.path !== rootScope)
      throw new MemoryError(
        "NOT_SUPPORTED",
        "resetAll empties the whole store, and this memory is confined to rootScope. Call reset().",
      );
    await this.#engine.remove((storage) => storage.remove({ visibleTo: "all", state: "any" }));
  }

  /** Calls `listener` for each event of this name, at once; call the answer to stop. See `MemoryEvents`. */
  on<Name extends MemoryEventName>(name: Name, listener: MemoryListener<Name>): () => void {
    return this.#engine.events.on(name, listener);
  }

  /** Saves what was accepted, then ends the use of this memory and its views. May be called twice. */
  close(): Promise<void> {
    return this.#engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

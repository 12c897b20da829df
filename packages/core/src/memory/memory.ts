import { MemoryError } from "../domain/memory-error.ts";
import { rootScope } from "../domain/scope.ts";
import { parseRemovalOptions, type RemovalOptions, removalTeller } from "../save/forget-records.ts";
import { parseReembedOptions, type ReembedOptions } from "../save/reembed-records.ts";
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
  async resetAll(options?: RemovalOptions): Promise<void> {
    this.#assertWholeStore("resetAll empties it. Call reset() for what is in rootScope.");
    const told = removalTeller(parseRemovalOptions(options));
    await this.#engine.remove((storage) =>
      storage.remove({ visibleTo: "all", state: "any" }, told),
    );
  }

  /**
   * Takes a store that another embedder has written over to this memory's: every record gets a new vector and
   * stays what it was otherwise. Until the switch at the end the store serves memories with the former
   * embedder; afterwards those are refused. Call it again to go on after a failure or a killed process. Does
   * nothing where the store is this embedder's already; `NOT_SUPPORTED` where the storage cannot, and where
   * `rootScope` confines this memory.
   */
  async reembed(options?: ReembedOptions): Promise<void> {
    this.#assertWholeStore("reembed rewrites it. Call it on a memory without rootScope.");
    await this.#engine.reembed(parseReembedOptions(options));
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

  #assertWholeStore(why: string): void {
    assertWritable(this);
    if (this.path !== rootScope)
      throw new MemoryError(
        "NOT_SUPPORTED",
        `This memory is confined to rootScope and cannot act on the whole store: ${why}`,
      );
  }
}

import type { Runtime } from "../domain/runtime.ts";
import type { StorageBackend } from "./storage-backend.ts";

const everyMs = 3_600_000;

/** Removes what has expired, in every state, at most once an hour. Reads do not depend on it. */
export class ExpirySweep {
  readonly #runtime: Runtime;
  readonly #onFailure: (error: unknown) => void;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(runtime: Runtime, onFailure: (error: unknown) => void) {
    this.#runtime = runtime;
    this.#onFailure = onFailure;
  }

  /** Never rejects: what could not be removed is removed another time. */
  async run(storage: Pick<StorageBackend, "remove">): Promise<void> {
    const now = this.#runtime.now();
    if (+now - this.#lastAt < everyMs) return;
    this.#lastAt = +now;
    const expired = { visibleTo: "all", state: "any", expiredAt: now } as const;
    await storage.remove(expired).catch(this.#onFailure);
  }
}

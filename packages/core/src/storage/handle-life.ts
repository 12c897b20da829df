import { MemoryError } from "../domain/memory-error.ts";

/** How a storage tells of a failure: it could not do `action`, such as `"list records"` or `"be opened"`. */
export type TellFailure = (error: unknown, action: string) => MemoryError;

/**
 * The life of one handle of a storage, for those who write one: new, open from its first `open` on, and closed for
 * good. What comes before or after rejects with `CLOSED`, closing waits for what is under way, and nothing but a
 * `MemoryError` gets out.
 */
export class HandleLife {
  readonly #storage: string;
  readonly #tellFailure: TellFailure;
  readonly #running = new Set<Promise<unknown>>();
  #state: "new" | "open" | "closed" = "new";
  #closing: Promise<void> | undefined;

  /** `storage` names it in messages: "The Valkey storage". */
  constructor(storage: string, tellFailure: TellFailure) {
    this.#storage = storage;
    this.#tellFailure = tellFailure;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Does the work of `open`, which may be called again. The handle is open once it has succeeded. */
  async open<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#state === "closed") throw this.#closedError();
    return this.#do("be opened", async () => {
      const answer = await work();
      if (this.#state === "new") this.#state = "open";
      return answer;
    });
  }

  /** Does the work of any other method. */
  async run<Answer>(action: string, work: () => Promise<Answer>): Promise<Answer> {
    if (!this.isOpen) throw this.#closedError();
    return this.#do(action, work);
  }

  /** Does the work of `close`, once, when all other work has ended; a second call has the answer of the first. */
  async close(work: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#close(work);
    return this.#closing;
  }

  async #close(work: () => Promise<void>): Promise<void> {
    this.#state = "closed";
    await Promise.allSettled(this.#running);
    return this.#do("be closed", work);
  }

  async #do<Answer>(action: string, work: () => Promise<Answer>): Promise<Answer> {
    const call = (async () => work())(); // what throws at once is a failure like any other
    this.#running.add(call);
    try {
      return await call;
    } catch (error) {
      throw this.#tellFailure(error, action);
    } finally {
      this.#running.delete(call);
    }
  }

  #closedError(): MemoryError {
    const state = this.#state === "new" ? "not open yet: call open() first" : "closed";
    return new MemoryError("CLOSED", `${this.#storage} is ${state}.`);
  }
}

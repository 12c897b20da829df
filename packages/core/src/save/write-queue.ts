import PQueue from "p-queue";
import { MemoryError } from "../domain/memory-error.ts";

/** One call's part of a commit. `weight` is what it counts towards the queue's limit. */
export interface QueuedSave<Input, Output> {
  readonly input: Input;
  readonly weight: number;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

export interface WriteQueueOptions<Input, Output> {
  /** The most drafts that may wait or be in work before `QUEUE_FULL`. */
  readonly limit: number;
  /** Drafts after which a group takes no further call. */
  readonly groupSize: number;
  /** Saves a whole group and settles every call in it; a rejection rejects those not yet settled. */
  readonly commit: (group: readonly QueuedSave<Input, Output>[]) => Promise<void>;
}

interface Group<Input, Output> {
  readonly saves: QueuedSave<Input, Output>[];
  size: number;
}

/**
 * All writes of a memory, one at a time and in the order in which they were accepted. Saves that wait
 * together are committed together: one embedder call and one storage write for all of them (group commit).
 */
export class WriteQueue<Input, Output> {
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #unsettled = new Set<Promise<unknown>>();
  readonly #options: WriteQueueOptions<Input, Output>;
  /** The group at the tail of the queue; saves join it until its turn comes or another write follows it. */
  #openGroup: Group<Input, Output> | undefined;
  #waiting = 0;
  #closed = false;

  constructor(options: WriteQueueOptions<Input, Output>) {
    this.#options = options;
  }

  /** Accepts a save at once and calls `onAccepted`, or rejects with `QUEUE_FULL` or `CLOSED`. */
  save(input: Input, weight: number, onAccepted?: () => void): Promise<Output> {
    const { limit, groupSize } = this.#options;
    if (this.#closed) return Promise.reject(closedError());
    if (this.#waiting + weight > limit)
      return Promise.reject(
        new MemoryError(
          "QUEUE_FULL",
          `${this.#waiting} writes are waiting and queueLimit is ${limit}. Await some before the next.`,
          { limit },
        ),
      );
    const { promise, resolve, reject } = Promise.withResolvers<Output>();
    this.#waiting += weight;
    let group = this.#openGroup;
    if (group === undefined || group.size + weight > groupSize) group = this.#startGroup();
    let isSettled = false;
    const settle = () => {
      if (!isSettled) this.#waiting -= weight;
      isSettled = true;
    };
    group.saves.push({
      input,
      weight,
      resolve: (output) => {
        settle();
        resolve(output);
      },
      reject: (error) => {
        settle();
        reject(error);
      },
    });
    group.size += weight;
    onAccepted?.();
    return promise;
  }

  /** Runs a write of any other kind in its turn. */
  exclusive<T>(write: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError());
    this.#openGroup = undefined; // what is saved after this call must come after this write
    return this.#add(write);
  }

  /** Resolves once every write accepted before this call is done, well or badly. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#unsettled);
  }

  /** Accepts nothing more and resolves once everything accepted is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.settled();
  }

  #startGroup(): Group<Input, Output> {
    const group: Group<Input, Output> = { saves: [], size: 0 };
    this.#openGroup = group;
    void this.#add(async () => {
      await Promise.resolve(); // p-queue starts an idle queue's task at once, before the group has its saves
      if (this.#openGroup === group) this.#openGroup = undefined;
      try {
        await this.#options.commit(group.saves);
      } catch (error) {
        for (const save of group.saves) save.reject(error);
      }
    });
    return group;
  }

  // A rejection reaches the caller through the returned promise. The tracked one must never reject: nobody may be
  // waiting for it, and an unhandled rejection ends the process.
  #add<T>(write: () => Promise<T>): Promise<T> {
    const result = this.#queue.add(write);
    const settled: Promise<unknown> = result
      .catch(() => {})
      .finally(() => this.#unsettled.delete(settled));
    this.#unsettled.add(settled);
    return result;
  }
}

function closedError(): MemoryError {
  return new MemoryError("CLOSED", "This memory is closed; make a new one.");
}

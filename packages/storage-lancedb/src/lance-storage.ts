import {
  MemoryError,
  type Runtime,
  type StorageBackend,
  systemRuntime,
} from "@unimem/core/storage";
import type { BoundTable } from "./bound-table.ts";
import { LanceStore } from "./lance-store.ts";
import type { RecordReads } from "./record-reads.ts";
import type { RecordWrites } from "./record-writes.ts";
import { SerialQueue } from "./serial-queue.ts";
import { storageError } from "./storage-error.ts";
import { type UpkeepPolicy, upkeepPolicy } from "./upkeep-policy.ts";

export interface LanceStorageOptions {
  /** A directory, made if it is not there, or an object store's URL: `s3://bucket/path`, `gs://…`, `az://…`. */
  uri: string;
  /** LanceDB's options for object stores: keys, region, endpoint. */
  storageOptions?: Record<string, string>;
  /** The clock for removals. @default systemRuntime */
  runtime?: Runtime;
}

/**
 * Records in LanceDB, in this process, with no server. Nothing is loaded or touched before `open`. Any number
 * of processes may use one directory at once.
 */
export function lanceStorage(options: LanceStorageOptions): StorageBackend {
  return lanceStorageWith(upkeepPolicy, options);
}

interface Change<Answer> {
  /** For the message of an error: the store could not … */
  readonly action: string;
  /** The answer where there is no table yet. */
  readonly empty: Answer;
  /** How many rows it rewrites. */
  readonly rows: number;
  /** Whether it puts records, for which the store must be open for their space. */
  readonly isPut?: boolean;
}

/** The same with other thresholds, for tests. */
export function lanceStorageWith(
  policy: UpkeepPolicy,
  { uri, storageOptions, runtime = systemRuntime }: LanceStorageOptions,
): StorageBackend {
  const store = new LanceStore({ uri, storageOptions, runtime, policy });
  // Changes of one process wait for each other here, where it is cheap, and not for Lance's retries.
  const changes = new SerialQueue();
  const running = new Set<Promise<unknown>>();
  let state: "new" | "open" | "closed" = "new";
  let closing: Promise<void> | undefined;
  let cancelIdle: (() => void) | undefined;

  /** While writes follow each other, upkeep that can wait does: a search is slower by what is not indexed yet. */
  function settleWhenIdle(bound: BoundTable | undefined): void {
    cancelIdle?.();
    cancelIdle = runtime.after(policy.idleMs, () => {
      void changes.run(async () => {
        if (state === "open") for (const each of bound?.upkeep ?? []) await each.settle();
      });
    });
  }

  function use(): void {
    if (state === "open") return;
    throw new MemoryError(
      "CLOSED",
      `The LanceDB storage is ${state === "new" ? "not open yet: call open() first" : "closed"}.`,
    );
  }

  /** Lets `close` wait for the work, and lets nothing but a `MemoryError` out of it. */
  async function run<Answer>(action: string, work: () => Promise<Answer>): Promise<Answer> {
    const call = work();
    running.add(call);
    try {
      return await call;
    } catch (error) {
      throw storageError(error, action);
    } finally {
      running.delete(call);
    }
  }

  async function read<Answer>(
    action: string,
    empty: Answer,
    ask: (reads: RecordReads) => Promise<Answer>,
  ): Promise<Answer> {
    use();
    return run(action, async () => {
      const known = store.bound;
      // A re-embedding in another process may have left it behind.
      const isKnown = known !== undefined && !(await known.isMoved());
      const bound = isKnown ? known : await changes.run(() => store.findAnew(known));
      return bound === undefined ? empty : ask(bound.reads);
    });
  }

  async function change<Answer>(
    { action, empty, rows, isPut = false }: Change<Answer>,
    apply: (writes: RecordWrites) => Promise<Answer>,
  ): Promise<{ answer: Answer; bound: BoundTable | undefined }> {
    use();
    return run(action, () =>
      changes.run(async () => {
        const applied = await store.apply(isPut, apply);
        if (applied === undefined) return { answer: empty, bound: undefined };
        const { answer, bound } = applied;
        for (const upkeep of bound.upkeep)
          if (upkeep.noteCommit(rows)) void changes.run(() => upkeep.tidy());
        return { answer, bound };
      }),
    );
  }

  return {
    name: "lancedb",
    supports: {
      // Lance hands its files to the operating system and does not wait for the disk.
      durability: "process",
      sharedAccess: true,
      atomicBatch: true,
      exactSearch: false,
      textSearch: true,
    },

    async open(expected) {
      if (state === "closed") use();
      return run("be opened", async () => {
        const space = await changes.run(() => store.open(expected));
        if (state === "new") state = "open";
        return space;
      });
    },

    async write(batch) {
      const { put, remove } = batch;
      const rows = put.length + remove.length;
      const written = { action: "write", empty: undefined, rows, isPut: put.length > 0 };
      settleWhenIdle((await change(written, (writes) => writes.write(batch))).bound);
    },

    async get(ids, filter) {
      const none = ids.map(() => undefined);
      return read("get records", none, (reads) => reads.get(ids, filter));
    },

    async nearest(query) {
      return read("search", [], (reads) => reads.nearest(query));
    },

    async matching(query) {
      return read("search text", [], (reads) => reads.matching(query));
    },

    async list(query) {
      return read("list records", [], (reads) => reads.list(query));
    },

    async count(filter) {
      return read("count records", 0, (reads) => reads.count(filter));
    },

    async scopes(filter) {
      return read("list scopes", [], (reads) => reads.scopes(filter));
    },

    async categories(filter) {
      return read("list categories", new Map(), (reads) => reads.categories(filter));
    },

    async remove(filter) {
      const removed = { action: "remove records", empty: 0, rows: 0 };
      const { answer, bound } = await change(removed, (writes) => writes.remove(filter));
      settleWhenIdle(bound);
      return answer;
    },

    // Nobody waits for what was only looked at to be indexed again: it can wait for the next write.
    async touch(ids, at) {
      const rows = ids.length;
      const touched = { action: "note accesses", empty: undefined, rows };
      await change(touched, (writes) => writes.touch(ids, at));
    },

    async reembed(space) {
      const step = <Answer>(work: () => Promise<Answer>) => {
        use();
        return run("be re-embedded", () => changes.run(work));
      };
      const reembedding = await step(() => store.reembed(space));
      return {
        pending: async (limit) => step(() => reembedding.pending(limit)),
        write: async (vectors) => step(() => reembedding.write(vectors)),
        finish: async () => step(() => reembedding.finish()),
      };
    },

    async close() {
      closing ??= (async () => {
        state = "closed";
        cancelIdle?.();
        await Promise.allSettled([...running]);
        await changes.run(() => store.close());
      })();
      return run("be closed", () => closing ?? Promise.resolve());
    },
  };
}

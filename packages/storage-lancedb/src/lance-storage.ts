import { HandleLife, type Runtime, type StorageBackend, systemRuntime } from "@unimem/core/storage";
import { LanceStore } from "./lance-store.ts";
import type { RecordReads } from "./record-reads.ts";
import type { RecordWrites } from "./record-writes.ts";
import { SerialQueue } from "./serial-queue.ts";
import { isConflict, isMissingFile, storageError } from "./storage-error.ts";
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
  const listeners = new Set<(error: unknown) => void>();
  const store = new LanceStore({ uri, storageOptions, runtime, policy, onUpkeepFailed });
  // Changes of one process wait for each other here, where it is cheap, and not for Lance's retries.
  const changes = new SerialQueue();
  const life = new HandleLife("The LanceDB storage", storageError);
  let cancelIdle: (() => void) | undefined;

  /** While writes follow each other, upkeep that can wait does: a search is slower by what is not indexed yet. */
  function settleWhenIdle(): void {
    cancelIdle?.();
    cancelIdle = runtime.after(policy.idleMs, () => {
      void changes.run(async () => {
        if (!life.isOpen) return;
        for (const each of store.bound?.upkeep ?? []) await each.settle();
        await store.renew();
      });
    });
  }

  /** What others prevent by writing, or have done themselves, is no failure: it is left for the next time. */
  function onUpkeepFailed(error: unknown): void {
    if (isConflict(error) || isMissingFile(error)) return;
    for (const listener of listeners) listener(storageError(error, "do its upkeep"));
  }

  async function read<Answer>(
    action: string,
    empty: Answer,
    ask: (reads: RecordReads) => Promise<Answer>,
  ): Promise<Answer> {
    return life.run(action, async () => {
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
  ): Promise<Answer> {
    return life.run(action, () =>
      changes.run(async () => {
        const applied = await store.apply(isPut, apply);
        if (applied === undefined) return empty;
        const { answer, bound } = applied;
        for (const upkeep of bound.upkeep)
          if (upkeep.noteCommit(rows))
            void changes.run(() => upkeep.tidy().then(() => store.renew()));
        return answer;
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
      return life.open(() => changes.run(() => store.open(expected)));
    },

    async write(batch) {
      const { put, remove } = batch;
      const rows = put.length + remove.length;
      const written = { action: "write", empty: undefined, rows, isPut: put.length > 0 };
      await change(written, (writes) => writes.write(batch));
      settleWhenIdle();
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
      const count = await change(removed, (writes) => writes.remove(filter));
      settleWhenIdle();
      return count;
    },

    // Nobody waits for what was only looked at to be indexed again: it can wait for the next write.
    async touch(ids, at) {
      const rows = ids.length;
      const touched = { action: "note accesses", empty: undefined, rows };
      await change(touched, (writes) => writes.touch(ids, at));
    },

    async reembed(space) {
      const step = <Answer>(work: () => Promise<Answer>) =>
        life.run("be re-embedded", () => changes.run(work));
      const reembedding = await step(() => store.reembed(space));
      return {
        pending: (limit) => step(() => reembedding.pending(limit)),
        write: (vectors) => step(() => reembedding.write(vectors)),
        finish: () => step(() => reembedding.finish()),
      };
    },

    onUpkeepFailed: (listener) => void listeners.add(listener),

    async close() {
      cancelIdle?.();
      return life.close(() => changes.run(() => store.close()));
    },
  };
}

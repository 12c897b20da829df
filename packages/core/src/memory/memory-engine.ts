import { abortable, abortedError } from "../domain/deadline.ts";
import { isMemoryError, MemoryError } from "../domain/memory-error.ts";
import type { MemoryRecord } from "../domain/memory-record.ts";
import { AccessLog } from "../recall/access-log.ts";
import type { MemoryMatch } from "../recall/rank-matches.ts";
import { type RecallQuery, recallMatches } from "../recall/recall-matches.ts";
import { commitSaves, type SaveOutput } from "../save/commit-saves.ts";
import type { Embed, SaveInput } from "../save/embed-saves.ts";
import { WriteQueue } from "../save/write-queue.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { EventHub } from "./event-hub.ts";
import type { ParsedMemoryOptions } from "./memory-options.ts";
import { PartsOpener } from "./parts-opener.ts";

/** Saves committed together hold at most this many contents, unless one call alone brings more. */
const groupSize = 1000;

export interface ObservedRecall extends RecallQuery {
  readonly depth: "deep" | "shallow";
  readonly signal?: AbortSignal | undefined;
}

/**
 * What stands behind a memory and all its views: the parts, opened on first use; the one write queue; the
 * events. It knows nothing of how a caller names things: what comes in is parsed.
 */
export class MemoryEngine {
  readonly events = new EventHub();
  readonly options: ParsedMemoryOptions;
  readonly #parts: PartsOpener;
  readonly #queue: WriteQueue<SaveInput, SaveOutput>;
  readonly #accesses: AccessLog;
  #operations = 0;
  #closing: Promise<void> | undefined;

  constructor(options: ParsedMemoryOptions) {
    const { settings, runtime } = options;
    this.options = options;
    this.#parts = new PartsOpener(options);
    this.#queue = new WriteQueue({
      limit: settings.queueLimit,
      groupSize,
      commit: async (group) => {
        const { storage, embed } = await this.#parts.open();
        await commitSaves(group, {
          storage,
          embed,
          runtime,
          batchDedupThreshold: settings.batchDedupThreshold,
        });
      },
    });
    this.#accesses = new AccessLog(runtime, (ids, at) =>
      this.write((storage) => storage.touch(ids, at)),
    );
  }

  /** Accepts a save before it returns, unless `parse` or the queue refuses it. */
  async save(parse: () => SaveInput): Promise<readonly MemoryRecord[]> {
    const operation = ++this.#operations;
    const elapsed = this.#stopwatch();
    let drafts = 0;
    try {
      const input = parse();
      drafts = input.drafts.length;
      if (drafts === 0) return [];
      if (input.signal?.aborted) throw abortedError(input.signal);
      const saving = this.#queue.save(input, drafts);
      this.events.emit("save.started", { operation, drafts });
      const { records, dropped } = await abortable(saving, input.signal);
      const ids = records.map(({ id }) => id);
      this.events.emit("save.completed", {
        operation,
        records: ids,
        dropped,
        durationMs: elapsed(),
      });
      return records;
    } catch (error) {
      this.events.emit("save.failed", {
        operation,
        drafts,
        ...summary(error),
        durationMs: elapsed(),
      });
      throw error;
    }
  }

  async recall(parse: () => ObservedRecall): Promise<MemoryMatch[]> {
    const operation = ++this.#operations;
    const elapsed = this.#stopwatch();
    try {
      const { depth, signal, ...query } = parse();
      if (signal?.aborted) throw abortedError(signal);
      this.events.emit("query.started", { operation, depth, limit: query.limit });
      const matches = await abortable(this.#search(query, signal), signal);
      this.#accesses.note(matches.map(({ record }) => record.id));
      this.events.emit("query.completed", {
        operation,
        matches: matches.length,
        durationMs: elapsed(),
      });
      return matches;
    } catch (error) {
      this.events.emit("query.failed", { operation, ...summary(error), durationMs: elapsed() });
      throw error;
    }
  }

  /** Reads after every write that was accepted before this call. */
  async read<T>(work: (storage: StorageBackend, embed: Embed) => Promise<T>): Promise<T> {
    if (this.#closing) throw new MemoryError("CLOSED", "This memory is closed; make a new one.");
    await this.#queue.settled();
    const { storage, embed } = await this.#parts.open();
    return work(storage, embed);
  }

  /** Writes after every write that was accepted before this call, and before every later one. */
  async write<T>(work: (storage: StorageBackend, embed: Embed) => Promise<T>): Promise<T> {
    return this.#queue.exclusive(async () => {
      const { storage, embed } = await this.#parts.open();
      return work(storage, embed);
    });
  }

  /** Like `write`, for a store that may have been written with another embedder. */
  async remove(work: (storage: StorageBackend) => Promise<unknown>): Promise<void> {
    await this.#queue.exclusive(async () => work(await this.#parts.openForRemoval()));
  }

  settled(): Promise<void> {
    return this.#queue.settled();
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      const noted = this.#accesses.flush();
      await this.#queue.close();
      await noted;
      await this.#parts.close();
    })();
    return this.#closing;
  }

  #search(query: RecallQuery, signal: AbortSignal | undefined): Promise<MemoryMatch[]> {
    const { settings, runtime } = this.options;
    return this.read((storage, embed) =>
      recallMatches(query, {
        storage,
        embed: (texts) => embed(texts, signal),
        now: runtime.now,
        weights: settings,
        oversampleFactor: settings.recallOversampleFactor,
      }),
    );
  }

  #stopwatch(): () => number {
    const { runtime } = this.options;
    const start = runtime.now().getTime();
    return () => runtime.now().getTime() - start;
  }
}

function summary(error: unknown) {
  if (isMemoryError(error)) return { code: error.code, message: error.message };
  return {
    code: "STORAGE_CONTRACT" as const,
    message: "Something failed with an error that is not a MemoryError.",
  };
}

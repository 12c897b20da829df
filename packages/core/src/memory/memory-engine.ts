import { abortable, abortedError } from "../domain/deadline.ts";
import { MemoryError } from "../domain/memory-error.ts";
import type { MemoryRecord } from "../domain/memory-record.ts";
import { AccessLog } from "../recall/access-log.ts";
import type { MemoryMatch } from "../recall/rank-matches.ts";
import { commitSaves, type SaveOutput } from "../save/commit-saves.ts";
import type { SaveInput } from "../save/embed-saves.ts";
import { type ReembedOptions, reembedRecords } from "../save/reembed-records.ts";
import { type QueuedSave, WriteQueue } from "../save/write-queue.ts";
import { ExpirySweep } from "../storage/expiry-sweep.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { EventHub } from "./event-hub.ts";
import type { ModelStep, UpkeepTask } from "./memory-events.ts";
import type { ParsedMemoryOptions } from "./memory-options.ts";
import { Operation, toldError } from "./operation.ts";
import { type Opened, PartsOpener, spaceOf } from "./parts-opener.ts";
import { type SearchQuery, searchRecords } from "./search-records.ts";
import { type Providers, UsageMeter } from "./usage-meter.ts";

/** Saves committed together hold at most this many contents, unless one call alone brings more. */
const groupSize = 1000;

/**
 * What stands behind a memory and all its views: the parts, opened on first use; the one write queue; the
 * events. It knows nothing of how a caller names things: what comes in is parsed.
 */
export class MemoryEngine {
  readonly events = new EventHub();
  readonly options: ParsedMemoryOptions;
  readonly #parts: PartsOpener;
  readonly #meter: UsageMeter;
  readonly #queue: WriteQueue<SaveInput, SaveOutput>;
  readonly #accesses: AccessLog;
  readonly #sweep: ExpirySweep;
  #operations = 0;
  #closing: Promise<void> | undefined;

  constructor(options: ParsedMemoryOptions) {
    const { settings, runtime } = options;
    this.options = options;
    this.#parts = new PartsOpener(options, (task, error) => this.#tellUpkeep(task, error));
    this.#sweep = new ExpirySweep(runtime, (error) => this.#tellUpkeep("expiry", error));
    this.#meter = new UsageMeter(this.events, { runtime, ...settings });
    this.#queue = new WriteQueue({
      limit: settings.queueLimit,
      groupSize,
      commit: (group) => this.#commit(group),
    });
    this.#accesses = new AccessLog(
      runtime,
      (ids, at) => this.write((storage) => storage.touch(ids, at)),
      (error) => this.#tellUpkeep("accesses", error),
    );
  }

  /** Accepts a save before it returns, unless `parse` or the queue refuses it. */
  async save(parse: () => Pick<SaveInput, "drafts" | "signal">): Promise<readonly MemoryRecord[]> {
    const operation = this.#begin();
    const stored: string[] = [];
    let drafts = 0;
    try {
      const input = parse();
      drafts = input.drafts.length;
      if (drafts === 0) return [];
      if (input.signal?.aborted) throw abortedError(input.signal);
      this.#meter.begin(operation.id);
      const onStored = (id: string) => void stored.push(id);
      const onAccepted = () =>
        this.events.emit("save.started", { operation: operation.id, drafts });
      const save = { ...input, operation: operation.id, onStored };
      const saving = this.#queue.save(save, drafts, onAccepted);
      const { records, dropped, merged, replaced } = await abortable(saving, input.signal);
      this.events.emit("save.completed", {
        ...operation.end(),
        records: records.map(({ id }) => id),
        dropped,
        merged,
        replaced,
      });
      return records;
    } catch (error) {
      this.events.emit("save.failed", { ...operation.fail(error), drafts, stored });
      throw error;
    }
  }

  async recall(parse: () => SearchQuery): Promise<MemoryMatch[]> {
    const operation = this.#begin();
    try {
      const query = parse();
      const { depth, signal } = query;
      if (signal?.aborted) throw abortedError(signal);
      this.#meter.begin(operation.id);
      this.events.emit("query.started", { operation: operation.id, depth, limit: query.limit });
      const matches = await abortable(this.#search(query, operation.id), signal);
      if (!this.options.readOnly) this.#accesses.note(matches.map(({ record }) => record.id));
      this.events.emit("query.completed", {
        ...operation.end(),
        matches: matches.length,
        evidenceGaps: matches[0]?.evidenceGaps.length ?? 0,
      });
      return matches;
    } catch (error) {
      this.events.emit("query.failed", operation.fail(error));
      throw error;
    }
  }

  /** Asks the model for the statements of a text; touches no storage. */
  async extract(
    parse: () => { readonly text: string; readonly signal: AbortSignal | undefined },
  ): Promise<string[]> {
    if (this.#closing) throw closedError();
    const { text, signal } = parse();
    if (signal?.aborted) throw abortedError(signal);
    const { openModel } = this.#parts;
    if (text.trim() === "") return [];
    if (openModel === undefined) return [text.trim()];
    const operation = ++this.#operations;
    const { extractStatements } = await import("../extract/extract-memories.ts");
    const ask = this.#meter.askFor([operation], openModel);
    const onFallback = (error: MemoryError) => this.#tellFallback([operation], "extract", error);
    return extractStatements(text, { ask, signal, onFallback });
  }

  /** Reads after every write that was accepted before this call. */
  async read<T>(
    work: (storage: StorageBackend, providers: Providers) => Promise<T>,
    operation = ++this.#operations,
  ): Promise<T> {
    if (this.#closing) throw closedError();
    await this.#queue.settled();
    const opened = await this.#parts.open();
    return work(opened.storage, this.#providers(opened, [operation]));
  }

  /** Writes after every write that was accepted before this call, and before every later one. */
  async write<T>(work: (storage: StorageBackend, providers: Providers) => Promise<T>): Promise<T> {
    return this.#queue.exclusive(async () => {
      const opened = await this.#parts.open();
      return work(opened.storage, this.#providers(opened, [++this.#operations]));
    });
  }

  /** Like `write`, with what has expired and is not removed yet. */
  async clear(work: (storage: StorageBackend) => Promise<unknown>): Promise<void> {
    await this.#queue.exclusive(async () => work((await this.#parts.open()).whole));
  }

  /** Like `write`, for a store that may have been written with another embedder. */
  async remove(work: (storage: StorageBackend) => Promise<unknown>): Promise<void> {
    await this.#queue.exclusive(async () => work(await this.#parts.openForRemoval()));
  }

  /** Takes the store over to this memory's embedder, between the writes before this call and those after it. */
  async reembed(options: ReembedOptions): Promise<void> {
    await this.#queue.exclusive(async () => {
      const { whole, embedder } = await this.#parts.openForReembedding();
      const embed = this.#meter.embedFor([++this.#operations], embedder);
      await reembedRecords({ storage: whole, space: spaceOf(embedder), embed, ...options });
    });
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

  async #commit(group: readonly QueuedSave<SaveInput, SaveOutput>[]): Promise<void> {
    const { settings, runtime } = this.options;
    const opened = await this.#parts.open();
    // What speaks to a model needs zod, which costs more to load than all the rest of this package.
    const consulting = this.#parts.openModel && (await import("../save/consult-model.ts"));
    await commitSaves(group, {
      storage: opened.storage,
      providersFor: (operations) => this.#providers(opened, operations),
      consult: consulting?.consultModel,
      onFallback: (operations, error) => this.#tellFallback(operations, "save", error),
      runtime,
      settings,
    });
    await this.#sweep.run(opened.whole);
  }

  #search(query: SearchQuery, operation: number): Promise<MemoryMatch[]> {
    const { settings, runtime } = this.options;
    const onFallback = (step: ModelStep, error: MemoryError) =>
      this.#tellFallback([operation], step, error);
    return this.read(
      (storage, providers) =>
        searchRecords(query, { storage, ...providers, onFallback, settings, runtime }),
      operation,
    );
  }

  #tellFallback(operations: readonly number[], step: ModelStep, error: MemoryError): void {
    this.events.emit("model.fallback", { operations, step, ...toldError(error) });
  }

  #tellUpkeep(task: UpkeepTask, error: unknown): void {
    this.events.emit("upkeep.failed", { task, ...toldError(error) });
  }

  #providers({ embedder }: Opened, operations: readonly number[]): Providers {
    return this.#meter.providersFor(operations, embedder, this.#parts.openModel);
  }

  #begin(): Operation {
    return new Operation(++this.#operations, this.#meter, this.options.runtime);
  }
}

function closedError(): MemoryError {
  return new MemoryError("CLOSED", "This memory is closed; make a new one.");
}

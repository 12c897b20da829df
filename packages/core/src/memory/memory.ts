import { type MemoryRecord, withoutVector } from "../domain/memory-record.ts";
import { parseNatural, parseOptions, parseText } from "../domain/parse-options.ts";
import { parseScope, rootScope, type Scope } from "../domain/scope.ts";
import type { MemoryMatch } from "../recall/rank-matches.ts";
import { type MemoryInput, parseDraft, parseInputs, type RememberOptions } from "../save/draft.ts";
import { forgetRecords } from "../save/forget-records.ts";
import { parsePatch, type RecordPatch, updateRecord } from "../save/update-record.ts";
import { formerVersions } from "../storage/former-versions.ts";
import { MemoryEngine } from "./memory-engine.ts";
import type { MemoryEventName, MemoryListener } from "./memory-events.ts";
import { type MemoryOptions, parseMemoryOptions } from "./memory-options.ts";
import {
  type CountOptions,
  type ForgetFilter,
  type ListOptions,
  parseCountOptions,
  parseForgetFilter,
  parseListOptions,
  parseReadOptions,
  parseRecallOptions,
  type ReadOptions,
  type RecallOptions,
  toFilter,
  visibility,
} from "./read-options.ts";
import { childScopes, renderTree, type ScopeInfo, scopeInfo } from "./scope-tree.ts";

/**
 * A memory: stores facts and finds the right ones again. Nothing is opened before the first call that needs
 * it, so making one never fails for a missing server or key. Every read waits for the writes that were
 * accepted before it. All methods reject with a `MemoryError`.
 */
export class Memory {
  readonly #engine: MemoryEngine;

  /** Throws `INVALID_INPUT` for options that are wrong in themselves, and nothing else. */
  constructor(options: MemoryOptions) {
    this.#engine = new MemoryEngine(parseMemoryOptions(options));
  }

  /** Stores one fact and answers with its record once it is stored. */
  async remember(content: string, options?: RememberOptions): Promise<MemoryRecord> {
    const [record] = await this.#engine.save(() => ({
      drafts: [parseDraft(content, options)],
      signal: options?.signal,
    }));
    return record as MemoryRecord;
  }

  /**
   * Stores many facts with one embedder call and one write. Accepted when it returns; the promise answers
   * with the records once they are stored, and may be ignored: a failure is also told by `save.failed`.
   * Contents that repeat an earlier one of the same call are left out, and named in `save.completed`.
   */
  rememberMany(
    contents: readonly MemoryInput[],
    options?: RememberOptions,
  ): Promise<readonly MemoryRecord[]> {
    const saved = this.#engine.save(() => ({
      drafts: parseInputs(contents, options),
      signal: options?.signal,
    }));
    saved.catch(() => {}); // ignoring the promise must not end the process
    return saved;
  }

  /** The records that fit a question best, the best first. */
  async recall(query: string, options?: RecallOptions): Promise<MemoryMatch[]> {
    return this.#engine.recall(() => {
      const {
        limit = 10,
        depth = "deep",
        timeZone,
        signal,
        ...selection
      } = parseRecallOptions(options);
      const filter = toFilter(selection);
      return { text: parseText(query, "query"), filter, limit, depth, timeZone, signal };
    });
  }

  /** The record with this id, also a superseded one, if the caller may see it. */
  async get(id: string, options?: ReadOptions): Promise<MemoryRecord | undefined> {
    const filter = { visibleTo: visibility(parseReadOptions(options)), state: "any" } as const;
    const [record] = await this.#engine.read((storage) =>
      storage.get([parseText(id, "id")], filter),
    );
    return record && withoutVector(record);
  }

  /** What the record with this id has replaced, the latest replacement first. */
  async history(id: string, options?: ReadOptions): Promise<MemoryRecord[]> {
    const visibleTo = visibility(parseReadOptions(options));
    return this.#engine.read((storage) =>
      formerVersions(storage, [parseText(id, "id")], visibleTo),
    );
  }

  /**
   * Changes a current record and answers with its new revision; a new content is embedded, and the old one
   * stays in `history`. Rejects with `NOT_FOUND` where the caller sees no such record.
   */
  async update(id: string, patch: RecordPatch, options?: ReadOptions): Promise<MemoryRecord> {
    const changes = parsePatch(patch);
    const filter = { visibleTo: visibility(parseReadOptions(options)) };
    const known = parseText(id, "id");
    return this.#engine.write((storage, { embed }) =>
      updateRecord(known, changes, filter, {
        storage,
        embed,
        runtime: this.#engine.options.runtime,
      }),
    );
  }

  /**
   * Deletes what the filter selects, for good and with its history, and answers how many records that were.
   * Private records are deleted only where the filter's `source` or `includePrivate` shows them.
   */
  async forget(filter: ForgetFilter): Promise<number> {
    const parsed = parseForgetFilter(filter);
    return this.#engine.write((storage) => forgetRecords(parsed, storage));
  }

  /** How many records lie in a scope and below it. */
  async count(path = "/", options?: CountOptions): Promise<number> {
    const filter = toFilter({ ...parseCountOptions(options), scope: parseScope(path, "path") });
    return this.#engine.read((storage) => storage.count(filter));
  }

  /** A page of records, newest first over everything selected. */
  async listRecords(options?: ListOptions): Promise<MemoryRecord[]> {
    const { limit = 200, offset = 0, ...selection } = parseListOptions(options);
    return this.#engine.read((storage) =>
      storage.list({ filter: toFilter(selection), limit, offset }),
    );
  }

  /** The immediate children of a scope. */
  async listScopes(path = "/", options?: ReadOptions): Promise<Scope[]> {
    const { scope, filter } = placeFilter(path, options);
    return this.#engine.read(async (storage) => childScopes(await storage.scopes(filter), scope));
  }

  /** How many records of a scope, and below it, have each category. */
  async listCategories(path = "/", options?: ReadOptions): Promise<Record<string, number>> {
    const { filter } = placeFilter(path, options);
    return this.#engine.read(async (storage) =>
      Object.fromEntries(await storage.categories(filter)),
    );
  }

  /** What a scope holds, at a glance. */
  async info(path = "/", options?: ReadOptions): Promise<ScopeInfo> {
    const { scope, filter } = placeFilter(path, options);
    const [summaries, categories] = await this.#engine.read((storage) =>
      Promise.all([storage.scopes(filter), storage.categories(filter)]),
    );
    return scopeInfo(summaries, categories, scope);
  }

  /** The tree of scopes as text, with the number of records in and below each; three levels by default. */
  async tree(
    path = "/",
    options?: ReadOptions & { readonly maxDepth?: number | undefined },
  ): Promise<string> {
    const { maxDepth = 3, ...who } = options ?? {};
    const { scope, filter } = placeFilter(path, who);
    const depth = parseNatural(maxDepth, "maxDepth");
    return renderTree(await this.#engine.read((storage) => storage.scopes(filter)), scope, depth);
  }

  /** Deletes everything in a scope and below it, private records and history included. */
  async reset(options?: { readonly scope?: string | undefined }): Promise<void> {
    const { scope } = parseOptions(options, { scope: parseScope }, "options");
    const filter = toFilter({ scope: scope ?? rootScope, includePrivate: true });
    await this.#engine.write((storage) => storage.remove({ ...filter, state: "any" }));
  }

  /** Deletes everything in the store, also one that was written with another embedder. */
  async resetAll(): Promise<void> {
    await this.#engine.remove((storage) => storage.remove({ visibleTo: "all", state: "any" }));
  }

  /** Resolves once every write accepted so far is done. How each ended is told by its promise and events. */
  async drainWrites(): Promise<void> {
    await this.#engine.settled();
  }

  /** Calls `listener` for each event of this name, at once; call the answer to stop. See `MemoryEvents`. */
  on<Name extends MemoryEventName>(name: Name, listener: MemoryListener<Name>): () => void {
    return this.#engine.events.on(name, listener);
  }

  /** Saves what was accepted, then ends the use of this memory. May be called twice. */
  close(): Promise<void> {
    return this.#engine.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function placeFilter(path: string, options: ReadOptions | undefined) {
  const scope = parseScope(path, "path");
  return { scope, filter: toFilter({ ...parseReadOptions(options), scope }) };
}

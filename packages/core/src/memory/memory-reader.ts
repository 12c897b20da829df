import { type MemoryRecord, withoutVector } from "../domain/memory-record.ts";
import { parseOptions, parseSignal, parseString, parseText } from "../domain/parse-options.ts";
import { parseScope, type Scope } from "../domain/scope.ts";
import type { MemoryMatch } from "../recall/rank-matches.ts";
import { formerVersions } from "../storage/former-versions.ts";
import type { ScopeSummary } from "../storage/storage-backend.ts";
import type { MemoryEngine } from "./memory-engine.ts";
import {
  type CountOptions,
  type ListOptions,
  parseCountOptions,
  parseListOptions,
  parseReadOptions,
  parseRecallOptions,
  parseTreeOptions,
  type ReadOptions,
  type RecallOptions,
  type TreeOptions,
} from "./read-options.ts";
import { childScopes, renderTree, type ScopeInfo, scopeInfo } from "./scope-tree.ts";
import { pathIn, selectedFilter, type View, visibleFilter } from "./view.ts";

/**
 * The verbs that read, for memories, scopes and slices alike. Nothing outside of the view is ever seen: it is
 * as if it were not stored. Paths, those given and those answered, are relative to the view's root; a record
 * tells its full scope. All methods reject with a `MemoryError`.
 */
export class MemoryReader {
  readonly #engine: MemoryEngine;
  readonly #view: View;

  constructor(engine: MemoryEngine, view: View) {
    this.#engine = engine;
    this.#view = view;
  }

  /** Whether every verb that writes rejects with `READ_ONLY`. */
  get readOnly(): boolean {
    return this.#view.readOnly;
  }

  /** The records that fit a question best, the best first. */
  async recall(query: string, options?: RecallOptions): Promise<MemoryMatch[]> {
    return this.#engine.recall(() => {
      const parsed = parseRecallOptions(options);
      const { limit = 10, depth = "deep", timeZone, signal, ...selection } = parsed;
      const filter = selectedFilter(this.#view, selection);
      const { root } = this.#view;
      return { text: parseText(query, "query"), filter, root, limit, depth, timeZone, signal };
    });
  }

  /**
   * The discrete statements of a text, for `rememberMany`; stores nothing. Without a model, or where it
   * fails, the text comes back as one statement; a blank text gives none.
   */
  extractMemories(
    text: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<string[]> {
    return this.#engine.extract(() => {
      const { signal } = parseOptions(options, { signal: parseSignal }, "options");
      return { text: parseString(text, "text"), signal };
    });
  }

  /** The record with this id, also a superseded one, if the caller may see it. */
  async get(id: string, options?: ReadOptions): Promise<MemoryRecord | undefined> {
    const filter = visibleFilter(this.#view, parseReadOptions(options));
    const known = parseText(id, "id");
    const [record] = await this.#engine.read((storage) =>
      storage.get([known], { ...filter, state: "any" }),
    );
    return record && withoutVector(record);
  }

  /** What the record with this id has replaced, the latest replacement first, as far as the caller may see it. */
  async history(id: string, options?: ReadOptions): Promise<MemoryRecord[]> {
    const filter = visibleFilter(this.#view, parseReadOptions(options));
    const known = parseText(id, "id");
    return this.#engine.read(async (storage) => {
      const [record] = await storage.get([known], { ...filter, state: "any" });
      return record ? formerVersions(storage, [known], filter) : [];
    });
  }

  /** How many records lie in a scope and below it. */
  async count(path = "/", options?: CountOptions): Promise<number> {
    const selection = { ...parseCountOptions(options), scope: parseScope(path, "path") };
    const filter = selectedFilter(this.#view, selection);
    return this.#engine.read((storage) => storage.count(filter));
  }

  /** A page of records, newest first over everything selected. */
  async listRecords(options?: ListOptions): Promise<MemoryRecord[]> {
    const { limit = 200, offset = 0, ...selection } = parseListOptions(options);
    const filter = selectedFilter(this.#view, selection);
    return this.#engine.read((storage) => storage.list({ filter, limit, offset }));
  }

  /** The immediate children of a scope. */
  async listScopes(path = "/", options?: ReadOptions): Promise<Scope[]> {
    const scope = parseScope(path, "path");
    return childScopes(await this.#summaries(scope, parseReadOptions(options)), scope);
  }

  /** How many records of a scope, and below it, have each category. */
  async listCategories(path = "/", options?: ReadOptions): Promise<Record<string, number>> {
    const scope = parseScope(path, "path");
    return Object.fromEntries(await this.#categories(scope, parseReadOptions(options)));
  }

  /** What a scope holds, at a glance. */
  async info(path = "/", options?: ReadOptions): Promise<ScopeInfo> {
    const scope = parseScope(path, "path");
    const who = parseReadOptions(options);
    const [summaries, categories] = await Promise.all([
      this.#summaries(scope, who),
      this.#categories(scope, who),
    ]);
    return scopeInfo(summaries, categories, scope);
  }

  /** The tree of scopes as text, with the number of records in and below each. */
  async tree(path = "/", options?: TreeOptions): Promise<string> {
    const { maxDepth = 3, ...who } = parseTreeOptions(options);
    const scope = parseScope(path, "path");
    return renderTree(await this.#summaries(scope, who), scope, maxDepth);
  }

  async #summaries(scope: Scope, who: ReadOptions): Promise<ScopeSummary[]> {
    const filter = selectedFilter(this.#view, { ...who, scope });
    const summaries = await this.#engine.read((storage) => storage.scopes(filter));
    return summaries.map((each) => ({ ...each, scope: pathIn(this.#view, each.scope) }));
  }

  async #categories(scope: Scope, who: ReadOptions): Promise<ReadonlyMap<string, number>> {
    const filter = selectedFilter(this.#view, { ...who, scope });
    return this.#engine.read((storage) => storage.categories(filter));
  }
}

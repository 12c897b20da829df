import type { MemoryRecord } from "../domain/memory-record.ts";
import { parseBoolean, parseOptions, parseText } from "../domain/parse-options.ts";
import { joinScopes, parseScope, type Scope } from "../domain/scope.ts";
import {
  type MemoryInput,
  parseDraft,
  parseInputs,
  parseRememberOptions,
  type RememberOptions,
} from "../save/draft.ts";
import {
  forgetRecords,
  parseRemovalOptions,
  parseResetOptions,
  type RemovalOptions,
  removalTeller,
} from "../save/forget-records.ts";
import { parsePatch, type RecordPatch, updateRecord } from "../save/update-record.ts";
import type { MemoryEngine } from "./memory-engine.ts";
import { MemoryReader } from "./memory-reader.ts";
import { MemorySlice, parseSliceOptions, type SliceOptions } from "./memory-slice.ts";
import {
  type ForgetFilter,
  parseForgetFilter,
  parseReadOptions,
  type ReadOptions,
} from "./read-options.ts";
import {
  assertWritable,
  boundView,
  scopeView,
  selectedFilter,
  sliceView,
  type View,
  visibleFilter,
} from "./view.ts";

export interface ScopeOptions {
  /** Every verb that writes rejects with `READ_ONLY`. @default as the view that it is made from */
  readonly readOnly?: boolean | undefined;
}

/**
 * One scope of a memory, and what lies below it, as if nothing else were stored. Every verb is relative to it:
 * `"/"` is the scope itself, ids from outside are unknown, and no path, id, filter or model leads out. A record
 * tells its full scope. Made by `memory.scope(path)` and `memory.as(source)`; it needs no closing.
 */
export class MemoryScope extends MemoryReader {
  readonly #engine: MemoryEngine;
  readonly #view: View;

  constructor(engine: MemoryEngine, view: View) {
    super(engine, view);
    this.#engine = engine;
    this.#view = view;
  }

  /** Where it lies in the whole tree: what its own paths are relative to. */
  get path(): Scope {
    return this.#view.root;
  }

  /**
   * Stores one fact and answers with its record once it is stored. Without `scope` it lies at the root of a
   * scope, and wherever the model finds best in a memory.
   */
  async remember(content: string, options?: RememberOptions): Promise<MemoryRecord> {
    const [record] = await this.#engine.save(() => {
      assertWritable(this.#view);
      const given = parseRememberOptions(options, this.#view);
      return { drafts: [parseDraft(content, given, this.#view)], signal: given.signal };
    });
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
    const saved = this.#engine.save(() => {
      assertWritable(this.#view);
      const given = parseRememberOptions(options, this.#view);
      return { drafts: parseInputs(contents, given, this.#view), signal: given.signal };
    });
    saved.catch(() => {}); // ignoring the promise must not end the process
    return saved;
  }

  /**
   * Changes a current record and answers with its new revision; a new content is embedded, and the old one
   * stays in `history`. Rejects with `NOT_FOUND` where the caller sees no such record.
   */
  async update(id: string, patch: RecordPatch, options?: ReadOptions): Promise<MemoryRecord> {
    assertWritable(this.#view);
    const { scope, ...changes } = parsePatch(patch);
    const placed = scope && { scope: joinScopes(this.#view.root, scope) };
    const filter = visibleFilter(this.#view, parseReadOptions(options));
    const known = parseText(id, "id");
    const { runtime } = this.#engine.options;
    return this.#engine.write((storage, { embed }) =>
      updateRecord(known, { ...changes, ...placed }, filter, { storage, embed, runtime }),
    );
  }

  /**
   * Deletes what the filter selects, for good and with its history, and answers how many records that were.
   * Private records are deleted only where the filter's `source` or `includePrivate` shows them.
   */
  async forget(filter: ForgetFilter, options?: RemovalOptions): Promise<number> {
    assertWritable(this.#view);
    const told = parseRemovalOptions(options);
    const parsed = parseForgetFilter(filter);
    const { source, includePrivate } = parsed;
    const selected = selectedFilter(this.#view, parsed);
    const within = visibleFilter(this.#view, { source, includePrivate });
    return this.#engine.write((storage) => forgetRecords(selected, within, storage, told));
  }

  /**
   * Deletes everything in a scope and below it, private records and history included; bound to a source (`as`)
   * everything but the private records of others.
   */
  async reset(options?: RemovalOptions & { readonly scope?: string | undefined }): Promise<void> {
    assertWritable(this.#view);
    const { scope, ...told } = parseResetOptions(options);
    const includePrivate = this.#view.source === undefined;
    const filter = visibleFilter(this.#view, { includePrivate }, scope);
    await this.#engine.clear((storage) =>
      storage.remove({ ...filter, state: "any" }, removalTeller(told)),
    );
  }

  /** Resolves once every write accepted so far is done. How each ended is told by its promise and events. */
  async drainWrites(): Promise<void> {
    await this.#engine.settled();
  }

  /** The view of one scope in this one. Throws `INVALID_INPUT` for a path that is none. */
  scope(path: string, options?: ScopeOptions): MemoryScope {
    const { readOnly } = parseOptions(options, { readOnly: parseBoolean }, "options");
    return new MemoryScope(this.#engine, scopeView(this.#view, parseScope(path, "path"), readOnly));
  }

  /** The same as `scope`: the scope of a scope. */
  subscope(path: string, options?: ScopeOptions): MemoryScope {
    return this.scope(path, options);
  }

  /**
   * The view of several scopes, searched as one; it only reads unless told otherwise. Throws `INVALID_INPUT`
   * for an empty list of scopes.
   */
  slice(options: SliceOptions): MemorySlice {
    return new MemorySlice(this.#engine, sliceView(this.#view, parseSliceOptions(options)));
  }

  /**
   * The same view for one principal: it sees public records and the private ones of `source`, and what it
   * remembers comes from `source`. No option changes that: another `source`, and `includePrivate: true`, are
   * refused with `INVALID_INPUT`, in it and in all views made from it.
   */
  as(source: string): MemoryScope {
    return new MemoryScope(this.#engine, boundView(this.#view, parseText(source, "source")));
  }
}

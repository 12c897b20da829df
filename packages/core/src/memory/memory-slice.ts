import { invalidInput } from "../domain/memory-error.ts";
import type { MemoryRecord } from "../domain/memory-record.ts";
import { parseBoolean, parseOptions, parseTexts } from "../domain/parse-options.ts";
import { givenItems } from "../domain/read-given.ts";
import { covers, parseScope, type Scope } from "../domain/scope.ts";
import {
  type Draft,
  parseDraft,
  parseRememberOptions,
  type RememberOptions,
} from "../save/draft.ts";
import type { MemoryEngine } from "./memory-engine.ts";
import { MemoryReader } from "./memory-reader.ts";
import { assertWritable, type View } from "./view.ts";

export interface SliceOptions {
  /** At least one. They may overlap: a record counts once. */
  readonly scopes: readonly string[];
  /** What is selected where a call names no categories, also by the verbs that cannot name any. @default all */
  readonly categories?: readonly string[] | undefined;
  /** @default true */
  readonly readOnly?: boolean | undefined;
}

/**
 * Several scopes of a memory as one: each verb asks once for all of them, and the answer is ranked once. Paths
 * are relative to the view that the slice was made from, as its `scopes` are; where the slice does not reach,
 * nothing is stored. Made by `memory.slice({ scopes })`; it needs no closing.
 */
export class MemorySlice extends MemoryReader {
  readonly #engine: MemoryEngine;
  readonly #view: View;

  constructor(engine: MemoryEngine, view: View) {
    super(engine, view);
    this.#engine = engine;
    this.#view = view;
  }

  /**
   * Stores one fact in the scope that is named, which must lie inside the slice (`INVALID_INPUT`). Rejects with
   * `READ_ONLY` unless the slice was made with `readOnly: false`.
   */
  async remember(
    content: string,
    options: RememberOptions & { readonly scope: string },
  ): Promise<MemoryRecord> {
    const [record] = await this.#engine.save(() => {
      assertWritable(this.#view);
      const given = parseRememberOptions(options, this.#view);
      const draft = parseDraft(content, given, this.#view);
      return { drafts: [placedInside(draft, this.#view.scopes)], signal: given.signal };
    });
    return record as MemoryRecord;
  }
}

export function parseSliceOptions(options: SliceOptions) {
  const {
    scopes = [],
    categories,
    readOnly = true,
  } = parseOptions(
    options,
    { scopes: parseScopes, categories: parseTexts, readOnly: parseBoolean },
    "options",
  );
  if (scopes.length === 0)
    throw invalidInput("scopes", 'scopes must name at least one scope; "/" is all of them.');
  return { scopes, readOnly, ...(categories && { categories }) };
}

function parseScopes(value: unknown, field: string): Scope[] {
  const given = givenItems(value, field);
  if (given === undefined) throw invalidInput(field, `${field} must be an array of scopes.`);
  return given.map((each) => parseScope(each, field));
}

/** The draft where it was told to lie, which is all of the tree that a model hears of. */
function placedInside(draft: Draft, scopes: readonly Scope[]): Draft {
  const { scope } = draft.given;
  if (scope === undefined || !scopes.some((each) => covers(each, scope)))
    throw invalidInput("scope", "A slice needs to be told a scope that lies inside of it.");
  return { ...draft, root: scope };
}

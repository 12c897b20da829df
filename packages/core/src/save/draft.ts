import { invalidInput, isMemoryError } from "../domain/memory-error.ts";
import type { StoredRecord } from "../domain/memory-record.ts";
import { isPlainObject, type Metadata, parseMetadata } from "../domain/metadata.ts";
import {
  parseBoolean,
  parseFraction,
  parseOptions,
  parseSignal,
  parseText,
  parseTexts,
} from "../domain/parse-options.ts";
import { parseScope, rootScope, type Scope } from "../domain/scope.ts";

/** What a caller may say about a memory. What is left out gets its default. */
export interface RememberOptions {
  /** @default "/" */
  readonly scope?: string | undefined;
  /** @default [] */
  readonly categories?: readonly string[] | undefined;
  /** Any JSON object. @default {} */
  readonly metadata?: Metadata | undefined;
  /** 0 (trivial) to 1 (vital). @default the memory's `defaultImportance`, 0.5 */
  readonly importance?: number | undefined;
  /** Who this comes from. @default nobody */
  readonly source?: string | undefined;
  /** Seen only by reads that name the same `source`, which must be given. @default false */
  readonly private?: boolean | undefined;
  /** Aborting it rejects the call with `ABORTED` at once; a write that has begun is finished. */
  readonly signal?: AbortSignal | undefined;
}

/** A memory on its way in, valid but not yet embedded. */
export interface Draft {
  readonly content: string;
  readonly scope: Scope;
  readonly categories: readonly string[];
  readonly metadata: Metadata;
  readonly importance: number;
  readonly source: string | null;
  readonly private: boolean;
}

export interface EmbeddedDraft extends Draft {
  readonly vector: Float32Array;
}

/** One content of `rememberMany`; what it says itself goes before the options of the call. */
export type MemoryInput = string | ({ readonly content: string } & Omit<RememberOptions, "signal">);

export interface DraftDefaults {
  readonly defaultImportance: number;
}

const parsers = {
  scope: parseScope,
  categories: parseTexts,
  metadata: parseMetadata,
  importance: parseFraction,
  source: parseText,
  private: parseBoolean,
  signal: parseSignal,
};

// A signal belongs to the call, not to one of its contents.
const { signal: _, ...ownParsers } = parsers;

/** Throws `INVALID_INPUT` for anything that a record may not be. */
export function parseDraft(
  content: unknown,
  options: unknown,
  { defaultImportance }: DraftDefaults,
): Draft {
  const given = parseOptions(options, parsers, "options");
  if (given.private && given.source === undefined)
    throw invalidInput(
      "private",
      "A private memory needs a source: only reads with that source see it.",
    );
  return {
    content: parseText(content, "content"),
    scope: given.scope ?? rootScope,
    categories: given.categories ?? [],
    metadata: given.metadata ?? {},
    importance: given.importance ?? defaultImportance,
    source: given.source ?? null,
    private: given.private ?? false,
  };
}

/** The drafts of one `rememberMany`: all of them or, if one is refused, none. */
export function parseInputs(inputs: unknown, options: unknown, defaults: DraftDefaults): Draft[] {
  if (!Array.isArray(inputs))
    throw invalidInput("contents", "contents must be an array of strings or { content, … }.");
  const shared = parseOptions(options, parsers, "options");
  return Array.from(inputs, (input: unknown, i) => {
    try {
      if (!isPlainObject(input)) return parseDraft(input, shared, defaults);
      const { content, ...own } = input;
      return parseDraft(
        content,
        { ...shared, ...parseOptions(own, ownParsers, "options") },
        defaults,
      );
    } catch (error) {
      if (!isMemoryError(error, "INVALID_INPUT")) throw error;
      throw invalidInput(
        `contents[${i}].${error.details.field}`,
        `contents[${i}]: ${error.message}`,
      );
    }
  });
}

/** The first revision of a record. */
export function newRecord(draft: EmbeddedDraft, id: string, now: Date): StoredRecord {
  return {
    ...draft,
    id,
    createdAt: now,
    updatedAt: now,
    lastAccessed: now,
    revision: 1,
    supersededBy: null,
    supersededAt: null,
  };
}

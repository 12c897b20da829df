import { boundSource } from "../domain/bound-source.ts";
import { invalidInput, isMemoryError } from "../domain/memory-error.ts";
import type { StoredRecord } from "../domain/memory-record.ts";
import { givenEntries, type Metadata, parseMetadata } from "../domain/metadata.ts";
import {
  parseBoolean,
  parseDate,
  parseFraction,
  parseOptions,
  parseSignal,
  parseText,
  parseTexts,
} from "../domain/parse-options.ts";
import { givenItems } from "../domain/read-given.ts";
import { joinScopes, parseScope, rootScope, type Scope } from "../domain/scope.ts";

/**
 * What a caller may say about a memory. What is left out is decided by the model, where there is one, else it
 * gets its default; what is given is never changed.
 */
export interface RememberOptions {
  /** Where it belongs; below `rootScope`, where that is given. @default "/" */
  readonly scope?: string | undefined;
  /** @default [] */
  readonly categories?: readonly string[] | undefined;
  /** Any JSON object of at most 100,000 values and ten million characters. @default {} */
  readonly metadata?: Metadata | undefined;
  /** 0 (trivial) to 1 (vital). @default the memory's `defaultImportance`, 0.5 */
  readonly importance?: number | undefined;
  /** Who this comes from. @default nobody */
  readonly source?: string | undefined;
  /** Seen only by reads that name the same `source`, which must be given. @default false */
  readonly private?: boolean | undefined;
  /** When it came to be known, for what is brought in later. @default now */
  readonly createdAt?: Date | undefined;
  /** From this moment on it is gone from every read. @default never */
  readonly expiresAt?: Date | undefined;
  /** Nothing of this call is placed outside of this scope. @default "/" */
  readonly rootScope?: string | undefined;
  /** What the agent that remembers does, in a few words: helps the model to place and weigh. */
  readonly agentRole?: string | undefined;
  /** Aborting it rejects the call with `ABORTED` at once; a write that has begun is finished. */
  readonly signal?: AbortSignal | undefined;
}

/** What a caller has decided, so that nobody else may. */
export interface GivenFields {
  readonly scope?: Scope;
  readonly categories?: readonly string[];
  readonly metadata?: Metadata;
  readonly importance?: number;
}

/** A memory on its way in, valid but not yet embedded. */
export interface Draft {
  readonly content: string;
  readonly given: GivenFields;
  /** It is placed here or below. */
  readonly root: Scope;
  readonly source: string | null;
  readonly private: boolean;
  /** `null`: when it is saved. */
  readonly createdAt: Date | null;
  /** `null`: never. */
  readonly expiresAt: Date | null;
  readonly agentRole?: string;
}

export interface EmbeddedDraft extends Draft {
  readonly vector: Float32Array;
}

/** One content of `rememberMany`; what it says itself goes before the options of the call. */
export type MemoryInput = string | ({ readonly content: string } & Omit<RememberOptions, "signal">);

/** Where the drafts of a view go, and who they come from. */
export interface DraftPlace {
  readonly root: Scope;
  /** Whether a draft without a scope may be placed below the root, or lies at the root itself. */
  readonly inferScope: boolean;
  /** The only source that its drafts may have, and the one they get. */
  readonly source?: string | undefined;
}

const anywhere: DraftPlace = { root: rootScope, inferScope: true };

const parsers = {
  scope: parseScope,
  categories: parseTexts,
  metadata: parseMetadata,
  importance: parseFraction,
  source: parseText,
  private: parseBoolean,
  createdAt: parseDate,
  expiresAt: parseDate,
  rootScope: parseScope,
  agentRole: parseText,
  signal: parseSignal,
};

// A signal belongs to the call, not to one of its contents.
const { signal: _, ...ownParsers } = parsers;

/** Throws `INVALID_INPUT` for anything that a record may not be. */
export function parseDraft(content: unknown, options: unknown, place = anywhere): Draft {
  const { source, agentRole, signal: _, ...given } = parseRememberOptions(options, place);
  const { scope, rootScope: root, private: isPrivate = false, ...rest } = given;
  const { createdAt = null, expiresAt = null, ...fields } = rest;
  if (isPrivate && source === undefined)
    throw invalidInput(
      "private",
      "A private memory needs a source: only reads with that source see it.",
    );
  const ownRoot = root === undefined ? place.root : joinScopes(place.root, root);
  const inferScope = place.inferScope || root !== undefined;
  const ownScope = scope === undefined ? ownRoot : joinScopes(ownRoot, scope);
  return {
    content: parseText(content, "content"),
    given: { ...fields, ...((scope !== undefined || !inferScope) && { scope: ownScope }) },
    root: ownRoot,
    source: source ?? null,
    private: isPrivate,
    createdAt,
    expiresAt,
    ...(agentRole !== undefined && { agentRole }),
  };
}

/** The drafts of one `rememberMany`: all of them or, if one is refused, none. */
export function parseInputs(inputs: unknown, options: unknown, place = anywhere): Draft[] {
  const given = givenItems(inputs, "contents");
  if (given === undefined)
    throw invalidInput("contents", "contents must be an array of strings or { content, … }.");
  const shared = parseRememberOptions(options, place);
  return given.map((input, i) => {
    try {
      const entries = givenEntries(input, "content");
      if (entries === undefined) return parseDraft(input, shared, place);
      const { content, ...own } = Object.fromEntries(entries);
      return parseDraft(content, { ...shared, ...parseOptions(own, ownParsers, "options") }, place);
    } catch (error) {
      if (!isMemoryError(error, "INVALID_INPUT")) throw error;
      throw invalidInput(
        `contents[${i}].${error.details.field}`,
        `contents[${i}]: ${error.message}`,
      );
    }
  });
}

/** A second parse changes nothing. What is read of the options is what this answers: they may be getters. */
export function parseRememberOptions(options: unknown, { source: bound }: DraftPlace) {
  const parsed = parseOptions(options, parsers, "options");
  const source = boundSource(parsed.source, bound);
  return { ...parsed, ...(source !== undefined && { source }) };
}

/** The first revision of a record; what neither the caller nor a model has said gets its default. */
export function newRecord(
  draft: EmbeddedDraft,
  advised: GivenFields,
  { id, now, defaultImportance }: { id: string; now: Date; defaultImportance: number },
): StoredRecord {
  const { content, vector, root, source, private: isPrivate } = draft;
  const defaults = { scope: root, categories: [], metadata: {}, importance: defaultImportance };
  return {
    id,
    content,
    vector,
    ...defaults,
    ...advised,
    ...draft.given,
    source,
    private: isPrivate,
    createdAt: draft.createdAt ?? now,
    updatedAt: draft.createdAt ?? now,
    lastAccessed: now,
    revision: 1,
    supersededBy: null,
    supersededAt: null,
    expiresAt: draft.expiresAt,
  };
}

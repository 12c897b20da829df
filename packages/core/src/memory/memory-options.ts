import type { Cache } from "../cache/cache.ts";
import { invalidInput } from "../domain/memory-error.ts";
import { parseBoolean, parseOptions } from "../domain/parse-options.ts";
import { type Runtime, systemRuntime } from "../domain/runtime.ts";
import { parseScope, rootScope, type Scope } from "../domain/scope.ts";
import type { Embedder } from "../embed/embedder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { defaultSettings, type MemorySettings, settingParsers } from "./memory-settings.ts";

/** What a memory may touch. */
export interface MemoryBounds {
  /**
   * Nothing outside of this scope is seen or changed, and every path is relative to it. @default "/"
   */
  readonly rootScope?: string | undefined;
  /** Every verb that writes rejects with `READ_ONLY`, and recalling notes no access. @default false */
  readonly readOnly?: boolean | undefined;
}

/** The parts that a memory is put together from. A function is called on first use. */
export interface MemoryParts {
  readonly storage: StorageBackend | (() => Promise<StorageBackend>);
  readonly embedder: Embedder | (() => Promise<Embedder>);
  /** `false`: no language model; what a caller leaves out gets its default. @default false */
  readonly llm?: LanguageModel | (() => Promise<LanguageModel>) | false | undefined;
  /** Keeps embeddings, so that equal texts are embedded once. @default none */
  readonly embeddingCache?: Cache | undefined;
  /** Time, ids and timers. @default the machine's */
  readonly runtime?: Runtime | undefined;
}

export type MemoryOptions = MemoryParts &
  MemoryBounds & {
    readonly [Key in keyof MemorySettings]?: MemorySettings[Key] | undefined;
  };

export interface ParsedMemoryOptions {
  readonly settings: MemorySettings;
  readonly openStorage: () => Promise<StorageBackend>;
  readonly openEmbedder: () => Promise<Embedder>;
  /** `undefined` where there is no language model. */
  readonly openModel: (() => Promise<LanguageModel>) | undefined;
  readonly embeddingCache: Cache | undefined;
  readonly runtime: Runtime;
  readonly root: Scope;
  readonly readOnly: boolean;
}

/** Throws `INVALID_INPUT` for what can be seen to be wrong without opening anything. */
export function parseMemoryOptions(options: MemoryOptions): ParsedMemoryOptions {
  const {
    storage,
    embedder,
    llm,
    embeddingCache,
    runtime = systemRuntime,
    rootScope: root = rootScope,
    readOnly = false,
    ...settings
  } = parseOptions(options, { ...settingParsers, ...partParsers }, "options");
  if (storage === undefined) throw invalidInput("storage", "storage is missing.");
  if (embedder === undefined) throw invalidInput("embedder", "embedder is missing.");
  return {
    settings: { ...defaultSettings, ...settings },
    openStorage: storage,
    openEmbedder: embedder,
    openModel: llm || undefined,
    embeddingCache,
    runtime,
    root,
    readOnly,
  };
}

const partParsers = {
  storage: parseOpener<StorageBackend>("open"),
  embedder: parseOpener<Embedder>("embed"),
  llm: parseModel,
  embeddingCache: parseCache,
  runtime: (value: unknown) => value as Runtime,
  rootScope: parseScope,
  readOnly: parseBoolean,
};

/** For a part that may be given as an object with a method `verb`, or as a function that makes one. */
function parseOpener<Part>(verb: string) {
  return (part: unknown, field: string): (() => Promise<Part>) => {
    // A function that throws or answers at once is taken like one whose promise does.
    if (typeof part === "function") return async () => parsePart(await part(), field);
    const given = parsePart(part, field);
    return async () => given;
  };

  function parsePart(part: unknown, field: string): Part {
    if (typeof (part as Record<string, unknown> | null)?.[verb] === "function") return part as Part;
    throw invalidInput(
      field,
      `${field} must be an object with a method ${verb}(), or a function that makes one.`,
    );
  }
}

function parseModel(value: unknown, field: string): (() => Promise<LanguageModel>) | false {
  return value === false ? false : parseOpener<LanguageModel>("generate")(value, field);
}

function parseCache(value: unknown, field: string): Cache {
  if (typeof (value as Cache | null)?.getMany !== "function")
    throw invalidInput(field, `${field} must be a cache, such as memoryCache().`);
  return value as Cache;
}

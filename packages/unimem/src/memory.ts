import {
  type Cache,
  Memory as CoreMemory,
  type MemoryOptions as CoreOptions,
  memoryCache,
  type StorageBackend,
} from "@unimem/core";
import type { EmbedderChoice, ModelChoice } from "@unimem/providers";
import { resolveEmbedder } from "./resolve-embedder.ts";
import { resolveModel } from "./resolve-model.ts";
import { resolveStorage } from "./resolve-storage.ts";

export interface MemoryOptions
  extends Omit<CoreOptions, "storage" | "embedder" | "llm" | "embeddingCache"> {
  /**
   * Where records live: a storage, `"lancedb"`, `"memory"`, a directory or a URL; see `resolveStorage`.
   * @default $UNIMEM_STORAGE, else "lancedb" in `$UNIMEM_STORAGE_DIR/memory`, else in `./.unimem/memory`
   */
  readonly storage?: StorageBackend | string | undefined;
  /** @default "openai/text-embedding-3-large". `"lexical"` needs no key, no model and no network. */
  readonly embedder?: EmbedderChoice | undefined;
  /** @default "gpt-4o-mini". `false`: no model; what a caller leaves out gets its default. */
  readonly llm?: ModelChoice | false | undefined;
  /**
   * Keeps embeddings, so that equal texts are embedded once; a shared one serves many processes. `false`: none.
   * @default the last 1,000 in this process; none with the lexical embedder, which is faster than a cache
   */
  readonly embeddingCache?: Cache | false | undefined;
}

/** Core's `Memory` with every default wired and its parts chosen by name. */
export class Memory extends CoreMemory {
  constructor({ storage, embedder, llm, embeddingCache, ...options }: MemoryOptions = {}) {
    const cache = embeddingCache ?? (embedder !== "lexical" && memoryCache());
    super({
      ...options,
      ...(cache !== false && { embeddingCache: cache }),
      storage: resolveStorage(storage, process.env),
      embedder: resolveEmbedder(embedder, options.embedderTimeoutMs),
      llm: resolveModel(llm, options.modelTimeoutMs),
    });
  }
}

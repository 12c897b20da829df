import { asMemoryError } from "../domain/memory-error.ts";
import { cachedEmbedder } from "../embed/cached-embedder.ts";
import type { Embedder } from "../embed/embedder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { checkedStorage } from "../storage/checked-storage.ts";
import type { StorageBackend, VectorSpace } from "../storage/storage-backend.ts";
import { unexpiredStorage } from "../storage/unexpired-storage.ts";
import type { UpkeepTask } from "./memory-events.ts";
import type { ParsedMemoryOptions } from "./memory-options.ts";

/** The storage and the embedder of a memory, ready for use and known to fit each other. */
export interface Opened {
  /** Without what has expired. */
  readonly storage: StorageBackend;
  /** With it, for those who remove it. */
  readonly whole: StorageBackend;
  readonly embedder: Embedder;
}

type OnUpkeepFailed = (task: UpkeepTask, error: unknown) => void;

/** Opens the parts of a memory on first use. A failure is not kept: the next call tries again. */
export class PartsOpener {
  readonly #options: ParsedMemoryOptions;
  readonly #onUpkeepFailed: OnUpkeepFailed;
  #storage: Promise<StorageBackend> | undefined;
  #opened: Promise<Opened> | undefined;
  #model: Promise<LanguageModel> | undefined;

  constructor(options: ParsedMemoryOptions, onUpkeepFailed: OnUpkeepFailed) {
    this.#options = options;
    this.#onUpkeepFailed = onUpkeepFailed;
  }

  open(): Promise<Opened> {
    this.#opened ??= this.#open().catch((error) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  /** The language model, made when it is first asked; `undefined` where there is none. */
  get openModel(): (() => Promise<LanguageModel>) | undefined {
    const { openModel } = this.#options;
    return (
      openModel &&
      (() => {
        this.#model ??= openModel().catch((error) => {
          this.#model = undefined;
          throw asMemoryError(error, "MODEL_FAILED", "The language model could not be made.");
        });
        return this.#model;
      })
    );
  }

  /** The storage alone, whatever embedder it was written with; the next `open()` checks that again. */
  async openForRemoval(): Promise<StorageBackend> {
    const storage = await this.#loadStorage();
    this.#opened = undefined;
    await storage.open();
    return storage;
  }

  /** The same, with an embedder whose vectors it may not hold yet. */
  async openForReembedding(): Promise<Pick<Opened, "whole" | "embedder">> {
    const embedder = await this.#loadEmbedder();
    return { whole: await this.openForRemoval(), embedder };
  }

  async close(): Promise<void> {
    await this.#opened?.catch(() => {}); // an opening under way must not outlive the closing
    const storage = await this.#storage?.catch(() => undefined);
    await storage?.close();
  }

  async #open(): Promise<Opened> {
    const { runtime } = this.#options;
    const embedder = await this.#loadEmbedder();
    const whole = await this.#loadStorage();
    await whole.open(spaceOf(embedder));
    return { storage: unexpiredStorage(whole, () => runtime.now()), whole, embedder };
  }

  async #loadEmbedder(): Promise<Embedder> {
    const { openEmbedder, embeddingCache, runtime } = this.#options;
    const embedder = await openEmbedder().catch((error) => {
      throw asMemoryError(error, "EMBEDDING_FAILED", "The embedder could not be made.");
    });
    if (embeddingCache === undefined) return embedder;
    const onFailure = (error: unknown) => this.#onUpkeepFailed("cache", error);
    return cachedEmbedder(embedder, embeddingCache, { runtime, onFailure });
  }

  #loadStorage(): Promise<StorageBackend> {
    this.#storage ??= this.#options.openStorage().then(
      (backend) => {
        const storage = checkedStorage(backend);
        storage.onUpkeepFailed?.((error) => this.#onUpkeepFailed("storage", error));
        return storage;
      },
      (error) => {
        this.#storage = undefined;
        throw asMemoryError(error, "STORAGE_UNAVAILABLE", "The storage could not be made.");
      },
    );
    return this.#storage;
  }
}

export function spaceOf({ dimensions, id }: Embedder): VectorSpace {
  return { dimensions, embedder: id };
}

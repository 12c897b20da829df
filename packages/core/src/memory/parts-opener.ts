import { asMemoryError } from "../domain/memory-error.ts";
import { embedTexts } from "../embed/embed-texts.ts";
import type { Embed } from "../save/embed-saves.ts";
import { checkedStorage } from "../storage/checked-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { ParsedMemoryOptions } from "./memory-options.ts";

/** The storage and the embedder of a memory, ready for use and known to fit each other. */
export interface Opened {
  readonly storage: StorageBackend;
  readonly embed: Embed;
}

/** Opens the parts of a memory on first use. A failure is not kept: the next call tries again. */
export class PartsOpener {
  readonly #options: ParsedMemoryOptions;
  #storage: Promise<StorageBackend> | undefined;
  #opened: Promise<Opened> | undefined;

  constructor(options: ParsedMemoryOptions) {
    this.#options = options;
  }

  open(): Promise<Opened> {
    this.#opened ??= this.#open().catch((error) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  /** The storage alone, whatever embedder it was written with; the next `open()` checks that again. */
  async openForRemoval(): Promise<StorageBackend> {
    const storage = await this.#loadStorage();
    this.#opened = undefined;
    await storage.open();
    return storage;
  }

  async close(): Promise<void> {
    const storage = await this.#storage?.catch(() => undefined);
    await this.#opened?.catch(() => {}); // an opening under way must not outlive the closing
    await storage?.close();
  }

  async #open(): Promise<Opened> {
    const { openEmbedder, runtime, settings } = this.#options;
    const timeoutMs = settings.embedderTimeoutMs;
    const embedder = await openEmbedder().catch((error) => {
      throw asMemoryError(error, "EMBEDDING_FAILED", "The embedder could not be made.");
    });
    const storage = await this.#loadStorage();
    await storage.open({ dimensions: embedder.dimensions, embedder: embedder.id });
    return {
      storage,
      embed: (texts, signal) => embedTexts(embedder, texts, { timeoutMs, runtime, signal }),
    };
  }

  #loadStorage(): Promise<StorageBackend> {
    this.#storage ??= this.#options.openStorage().then(checkedStorage, (error) => {
      this.#storage = undefined;
      throw asMemoryError(error, "STORAGE_UNAVAILABLE", "The storage could not be made.");
    });
    return this.#storage;
  }
}

/** Turns texts into vectors. The same text gives the same direction every time. */
export interface Embedder {
  /** Names provider, model and dimensions. Vectors of embedders with different ids are never compared. */
  readonly id: string;
  /** Numbers in a vector. */
  readonly dimensions: number;
  /** One vector per text, in order; any length but zero, because they are scaled before they are stored. */
  embed(texts: readonly string[], options?: { signal?: AbortSignal }): Promise<Embeddings>;
  /** How many requests, one after the other, these texts take; each has the memory's `embedderTimeoutMs`. @default 1 */
  requests?(texts: readonly string[]): number;
}

export interface Embeddings {
  readonly vectors: readonly ArrayLike<number>[];
  /** What the provider charged for, where it says so. */
  readonly tokens?: number;
}

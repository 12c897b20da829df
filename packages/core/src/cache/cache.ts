import type { JsonValue } from "../domain/metadata.ts";

/**
 * Values by key that can be made again: losing one costs time and nothing else. `memoryCache` keeps them in
 * this process, `valkeyCache` of `@unimem/valkey` shares them between many. Whoever uses a cache goes on
 * without it where it fails or is slow.
 */
export interface Cache {
  /** `undefined` where there is nothing, nothing any more, or nothing that this cache has written. */
  get(key: string): Promise<JsonValue | undefined>;
  /** Keeps `value` until it is pushed out, deleted, or `ttlMs` milliseconds are over. */
  set(key: string, value: JsonValue, options?: CacheOptions): Promise<void>;
  /** Whether there was something to delete. */
  delete(key: string): Promise<boolean>;
  exists(key: string): Promise<boolean>;
  /** `get` for many keys in one round trip, in their order. */
  getMany(keys: readonly string[]): Promise<(JsonValue | undefined)[]>;
  /** `set` for many in one round trip. */
  setMany(
    entries: readonly (readonly [key: string, value: JsonValue])[],
    options?: CacheOptions,
  ): Promise<void>;
}

export interface CacheOptions {
  /** Milliseconds, above 0. @default the cache's own */
  readonly ttlMs?: number | undefined;
}

/** Distributed storage for unimem, on Valkey and its Search module, and a cache beside it. */
export type { ConnectionOptions, TlsOptions } from "./connection-options.ts";
export { type ValkeyCache, type ValkeyCacheOptions, valkeyCache } from "./valkey-cache.ts";
export type { HnswOptions, ValkeyStorageOptions } from "./valkey-options.ts";
export { type ValkeyStorage, valkeyStorage } from "./valkey-storage.ts";

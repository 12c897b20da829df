import { asMemoryError } from "../domain/memory-error.ts";
import type { StorageBackend } from "./storage-backend.ts";

const methods = [
  "open",
  "write",
  "get",
  "nearest",
  "matching",
  "list",
  "count",
  "scopes",
  "categories",
  "remove",
  "touch",
  "close",
] as const;

/** The same storage, whose errors are all `MemoryError`s: any other becomes the cause of one with this code. */
export function sealedStorage(
  storage: StorageBackend,
  code: "STORAGE_UNAVAILABLE" | "STORAGE_CONTRACT",
): StorageBackend {
  const sealed = methods
    .filter((method) => storage[method] !== undefined)
    .map((method) => [
      method,
      async (...args: unknown[]) => {
        try {
          return await (storage[method] as (...args: unknown[]) => unknown).apply(storage, args);
        } catch (error) {
          throw asMemoryError(error, code, `The storage "${storage.name}" failed in ${method}().`);
        }
      },
    ]);
  return Object.defineProperties(Object.fromEntries(sealed), {
    name: { value: storage.name, enumerable: true },
    supports: { get: () => storage.supports, enumerable: true },
  });
}

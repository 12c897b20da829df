import { asMemoryError } from "../domain/memory-error.ts";
import type { Reembedding, StorageBackend } from "./storage-backend.ts";

type Code = "STORAGE_UNAVAILABLE" | "STORAGE_CONTRACT";

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
  "reembed",
  "close",
] as const;

const reembeddingMethods = ["pending", "write", "finish"] as const;

/** The same storage, whose errors are all `MemoryError`s: any other becomes the cause of one with this code. */
export function sealedStorage(storage: StorageBackend, code: Code): StorageBackend {
  const sealed: StorageBackend = Object.defineProperties(
    sealedMethods(storage, methods, storage.name, code),
    {
      name: { value: storage.name, enumerable: true },
      supports: { get: () => storage.supports, enumerable: true },
    },
  );
  if (storage.onUpkeepFailed !== undefined)
    sealed.onUpkeepFailed = (listener) =>
      storage.onUpkeepFailed?.((error) =>
        listener(asMemoryError(error, code, `The storage "${storage.name}" failed in its upkeep.`)),
      );
  const { reembed } = sealed;
  if (reembed === undefined) return sealed;
  return Object.assign(sealed, {
    reembed: async (...args: Parameters<typeof reembed>): Promise<Reembedding> =>
      sealedMethods(await reembed(...args), reembeddingMethods, storage.name, code),
  });
}

/** Those of the methods that `target` has. */
function sealedMethods<Target extends object>(
  target: Target,
  names: readonly (keyof Target & string)[],
  storage: string,
  code: Code,
): Target {
  const sealed = names
    .filter((method) => target[method] !== undefined)
    .map((method) => [
      method,
      async (...args: unknown[]) => {
        try {
          return await (target[method] as (...args: unknown[]) => unknown).apply(target, args);
        } catch (error) {
          throw asMemoryError(error, code, `The storage "${storage}" failed in ${method}().`);
        }
      },
    ]);
  return Object.fromEntries(sealed) as Target;
}

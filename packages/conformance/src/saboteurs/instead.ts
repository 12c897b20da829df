import type { StorageBackend } from "@unimem/core/storage";
import type { Saboteur } from "./saboteur.ts";

/** Changes what one method answers. */
export function instead<Method extends "list" | "nearest" | "matching" | "get">(
  name: string,
  method: Method,
  change: (storage: Required<StorageBackend>) => StorageBackend[Method],
): Saboteur {
  return {
    name,
    store: (storage) => ({
      ...storage,
      [method]: change(storage as Required<StorageBackend>),
    }),
  };
}

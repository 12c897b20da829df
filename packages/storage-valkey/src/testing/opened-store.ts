import type { StorageBackend } from "@unimem/core/storage";
import { onTestFinished } from "vitest";
import type { ValkeyStorageOptions } from "../valkey-options.ts";
import { valkeyStorage } from "../valkey-storage.ts";
import { sampleSpace } from "./sample-record.ts";

/** An open storage, closed when the test ends. */
export async function openStore(options: ValkeyStorageOptions): Promise<StorageBackend> {
  const store = valkeyStorage({ searchConnections: 0, ...options });
  onTestFinished(() => store.close());
  await store.open(sampleSpace);
  return store;
}

import type { StorageBackend } from "@unimem/core/storage";
import { onTestFinished } from "vitest";
import type { ValkeyStorageOptions } from "../valkey-options.ts";
import { valkeyStorage } from "../valkey-storage.ts";
import { patient } from "./patient.ts";
import { sampleSpace } from "./sample-record.ts";
import { until } from "./until.ts";

/** An open storage, closed when the test ends. */
export async function openStore(options: ValkeyStorageOptions): Promise<StorageBackend> {
  const store = closedAtTheEnd({ ...patient, ...options });
  await store.open(sampleSpace);
  return store;
}

/** The same for one whose requests may take so little time that opening it may, too, run out of time. */
export async function openImpatientStore(options: ValkeyStorageOptions): Promise<StorageBackend> {
  const store = closedAtTheEnd(options);
  await until("the store is open", () =>
    store.open(sampleSpace).then(
      () => true,
      () => false,
    ),
  );
  return store;
}

function closedAtTheEnd(options: ValkeyStorageOptions): StorageBackend {
  const store = valkeyStorage({ searchConnections: 0, ...options });
  onTestFinished(() => store.close());
  return store;
}

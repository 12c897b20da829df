import { randomUUID } from "node:crypto";
import {
  parseScope,
  type StorageBackend,
  type StoredRecord,
  unitVector,
  type VectorSpace,
} from "@unimem/core/storage";
import { onTestFinished } from "vitest";
import type { ValkeyStorageOptions } from "../valkey-options.ts";
import { valkeyStorage } from "../valkey-storage.ts";

export const everything = { visibleTo: "all", state: "any" } as const;

export const sampleSpace: VectorSpace = { dimensions: 4, embedder: "sample-embedder" };

/** A prefix that no other test has, on a server that they share. */
export function samplePrefix(): string {
  return `test-${randomUUID()}`;
}

export async function openStore(options: ValkeyStorageOptions): Promise<StorageBackend> {
  const store = valkeyStorage({ searchConnections: 0, ...options });
  onTestFinished(() => store.close());
  await store.open(sampleSpace);
  return store;
}

/** A record that follows from its id and revision alone, so that a mixture of two can be told from either. */
export function sampleRecord(
  id: string,
  { revision = 1, scope = "/", ...given }: SampleFields = {},
): StoredRecord {
  const moment = new Date(Date.UTC(2026, 0, 1) + revision * 1000);
  return {
    id,
    content: `Revision ${revision} of ${id}.`,
    categories: [`c${revision % 3}`],
    metadata: { revision, id },
    importance: 0.5,
    createdAt: moment,
    updatedAt: moment,
    lastAccessed: moment,
    source: null,
    private: false,
    supersededBy: null,
    supersededAt: null,
    vector: unitVector([1, revision, id.length, 0.5]),
    ...given,
    revision,
    scope: parseScope(scope),
  };
}

type SampleFields = Partial<Omit<StoredRecord, "scope">> & { readonly scope?: string };

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  parseScope,
  type StorageBackend,
  type StoredRecord,
  unitVector,
  type VectorSpace,
} from "@unimem/core/storage";
import { onTestFinished } from "vitest";
import { type LanceStorageOptions, lanceStorageWith } from "../lance-storage.ts";
import { type UpkeepPolicy, upkeepPolicy } from "../upkeep-policy.ts";

export const everything = { visibleTo: "all", state: "any" } as const;

/** A new directory, removed when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "unimem-lancedb-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export function sampleSpace(dimensions = 4): VectorSpace {
  return { dimensions, embedder: "sample-embedder" };
}

export async function openStore(
  options: LanceStorageOptions,
  { policy = {}, dimensions = 4 }: { policy?: Partial<UpkeepPolicy>; dimensions?: number } = {},
): Promise<StorageBackend> {
  const store = lanceStorageWith({ ...upkeepPolicy, ...policy }, options);
  onTestFinished(() => store.close());
  await store.open(sampleSpace(dimensions));
  return store;
}

/** A record whose vector follows from `seed`, so that equal seeds make equal records. */
export function sampleRecord(
  id: string,
  { seed = 1, dimensions = 4, ...given }: Partial<StoredRecord> & SampleShape = {},
): StoredRecord {
  const moment = new Date(Date.UTC(2026, 0, 1) + seed * 1000);
  return {
    id,
    content: `note ${seed}`,
    scope: parseScope("/"),
    categories: [],
    metadata: {},
    importance: 0.5,
    createdAt: moment,
    updatedAt: moment,
    lastAccessed: moment,
    source: null,
    private: false,
    revision: 1,
    supersededBy: null,
    supersededAt: null,
    expiresAt: null,
    vector: sampleVector(seed, dimensions),
    ...given,
  };
}

interface SampleShape {
  seed?: number;
  dimensions?: number;
}

/** A unit vector that follows from `seed`. */
export function sampleVector(seed: number, dimensions = 4): Float32Array {
  let state = seed * 2654435761 + 1;
  return unitVector(
    Float32Array.from({ length: dimensions }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32 - 0.5;
    }),
  );
}

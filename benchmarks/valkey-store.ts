import { parseScope, type StoredRecord, unitVector } from "@unimem/core/storage";
import { type ValkeyStorage, valkeyStorage } from "@unimem/valkey";
import { GlideClient, Logger } from "@valkey/valkey-glide";
import { syntheticEmbedder, syntheticFact } from "./synthetic-facts.ts";

export const dimensions = 384;
const embedder = syntheticEmbedder(dimensions);
const categories = ["person", "place", "plan", "habit", "fact"];

/** The i-th fact as a storage gets it from core, with two categories. */
export async function syntheticRecord(i: number, revision = 1): Promise<StoredRecord> {
  const { content, scope } = syntheticFact(i);
  const at = new Date(Date.UTC(2026, 0, 1) + i * 1000);
  return {
    id: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
    content,
    scope: parseScope(scope),
    categories: [categories[i % 5], categories[(i + 1) % 5]] as string[],
    metadata: {},
    importance: 0.5,
    createdAt: at,
    updatedAt: at,
    lastAccessed: at,
    source: null,
    private: false,
    revision,
    supersededBy: null,
    supersededAt: null,
    expiresAt: null,
    vector: await syntheticVector(content),
  };
}

export function syntheticRecords(from: number, to: number): Promise<StoredRecord[]> {
  return Promise.all(Array.from({ length: to - from }, (_, i) => syntheticRecord(from + i)));
}

export async function syntheticVector(text: string): Promise<Float32Array> {
  return unitVector((await embedder.embed([text])).vectors[0] ?? []);
}

export async function openedStore(url: string, prefix: string): Promise<ValkeyStorage> {
  const store = valkeyStorage({ url, prefix, requestTimeoutMs: 60_000 });
  await store.open({ dimensions, embedder: embedder.id });
  return store;
}

/** A store with so many synthetic records. */
export async function filledValkeyStore(url: string, records: number): Promise<ValkeyStorage> {
  const store = await openedStore(url, `bench-${records}`);
  const held = await store.count({ visibleTo: "all" });
  for (let from = held; from < records; from += 1_000)
    await store.write({ put: await syntheticRecords(from, from + 1_000), remove: [] });
  return store;
}

/** The client library alone. */
export async function rawClient(url: string): Promise<GlideClient> {
  Logger.init("off");
  const { hostname, port } = new URL(url);
  return GlideClient.createClient({
    addresses: [{ host: hostname, port: Number(port) }],
    requestTimeout: 60_000,
  });
}

export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

import type { JsonValue, StoredRecord } from "@unimem/core/storage";
import { answering, keeping } from "./changed-records.ts";
import type { Saboteur } from "./saboteur.ts";

type Changed = { [Field in keyof StoredRecord]?: StoredRecord[Field] };

function losing(name: string, change: (record: StoredRecord) => Changed): Saboteur {
  return { name, store: keeping((record) => ({ ...record, ...change(record) })) };
}

function toSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

function flatten(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function quantize(vector: Float32Array): Float32Array {
  return vector.map((value) => Math.round(value * 127) / 127);
}

export const valueSaboteurs: readonly Saboteur[] = [
  losing("trims content", ({ content }) => ({ content: content.trim() })),
  losing("folds content to NFC", ({ content }) => ({ content: content.normalize("NFC") })),
  losing("cuts content at 65,535 characters", ({ content }) => ({
    content: content.slice(0, 65_535),
  })),
  losing("cuts content at a zero byte", ({ content }) => ({
    content: content.split("\0")[0] as string,
  })),
  losing("sorts categories", ({ categories }) => ({ categories: categories.toSorted() })),
  losing("drops repeated categories", ({ categories }) => ({
    categories: [...new Set(categories)],
  })),
  losing("joins categories with commas", ({ categories }) => ({
    categories: categories.length === 0 ? [] : categories.join(",").split(","),
  })),
  losing("drops the empty category", ({ categories }) => ({
    categories: categories.filter((each) => each !== ""),
  })),
  losing("keeps metadata values as texts", ({ metadata }) => ({
    metadata: Object.fromEntries(Object.entries(metadata).map(([k, v]) => [k, flatten(v)])),
  })),
  losing("drops metadata that is null", ({ metadata }) => ({
    metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null)),
  })),
  losing("drops the metadata key __proto__", ({ metadata }) => ({
    metadata: Object.assign({}, metadata),
  })),
  losing("drops the empty metadata key", ({ metadata }) => ({
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== "")),
  })),
  losing("keeps importance in 32 bits", ({ importance }) => ({
    importance: Math.fround(importance),
  })),
  losing("keeps revisions in 32 bits", ({ revision }) => ({ revision: revision | 0 })),
  losing("rounds createdAt to seconds", ({ createdAt }) => ({ createdAt: toSeconds(createdAt) })),
  losing("rounds updatedAt to seconds", ({ updatedAt }) => ({ updatedAt: toSeconds(updatedAt) })),
  losing("rounds lastAccessed to seconds", ({ lastAccessed }) => ({
    lastAccessed: toSeconds(lastAccessed),
  })),
  losing("keeps no time before 1970", ({ createdAt }) => ({
    createdAt: new Date(Math.max(0, createdAt.getTime())),
  })),
  losing("takes an empty source for none", ({ source }) => ({ source: source || null })),
  losing("keeps a missing source as an empty one", ({ source }) => ({ source: source ?? "" })),
  losing("loses supersededAt", ({ supersededAt }) => ({
    supersededAt: supersededAt && new Date(0),
  })),
  losing("loses expiresAt", () => ({ expiresAt: null })),
  losing("rounds expiresAt to seconds", ({ expiresAt }) => ({
    expiresAt: expiresAt && toSeconds(expiresAt),
  })),
  losing("folds ids to NFC", ({ id }) => ({ id: id.normalize("NFC") })),
  losing("cuts ids at 255 characters", ({ id }) => ({ id: id.slice(0, 255) })),
  losing("trims ids", ({ id }) => ({ id: id.trim() || id })),
  losing("ignores case in ids", ({ id }) => ({ id: id.toLowerCase() })),
  losing("keeps vectors in 8 bits", ({ vector }) => ({ vector: quantize(vector) })),
  {
    name: "answers records with their vectors",
    store: answering((record) => ({ vector: new Float32Array(8), ...record })),
  },
  {
    name: "answers times as numbers",
    store: answering((record) => ({ ...record, createdAt: +record.createdAt as unknown as Date })),
  },
  {
    name: "keeps the caller's own objects",
    store(storage) {
      const given = new Map<string, StoredRecord>();
      return {
        ...storage,
        async write(batch) {
          await storage.write(batch);
          for (const record of batch.put) given.set(record.id, record);
        },
        async get(ids, filter) {
          const found = await storage.get(ids, filter);
          return found.map((record) => {
            const own = record && given.get(record.id);
            return own?.revision === record?.revision ? own : record;
          });
        },
      };
    },
  },
];

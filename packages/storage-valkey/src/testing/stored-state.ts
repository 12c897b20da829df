import type { StorageBackend, StoredRecord } from "@unimem/core/storage";
import { expect } from "vitest";
import type { ValkeyStorageOptions } from "../valkey-options.ts";
import { valkeyStorage } from "../valkey-storage.ts";
import { bytesOf, itemsOf, textOf } from "./resp.ts";
import { everything, samplePrefix, sampleSpace } from "./sample-record.ts";
import type { ValkeyCluster } from "./valkey-cluster.ts";
import { connectValkey, type ValkeyConnection } from "./valkey-connection.ts";

/** Everything under a prefix, key by key as the server has it; the prefix is cut out of names and values. */
export type RawState = Readonly<Record<string, unknown>>;

export async function rawState(url: string, prefix: string): Promise<RawState> {
  const connection = await connectValkey(url);
  try {
    const keys = await keysOf(connection, `${prefix}:`);
    const contents = await Promise.all(keys.map((key) => contentOf(connection, key, prefix)));
    return Object.fromEntries(keys.map((key, i) => [key.slice(prefix.length), contents[i]]));
  } finally {
    connection.close();
  }
}

async function keysOf({ send }: ValkeyConnection, base: string): Promise<string[]> {
  const keys = new Set<string>();
  let cursor = "0";
  do {
    const [next, found] = itemsOf(await send("SCAN", cursor, "MATCH", `${base}*`, "COUNT", "1000"));
    for (const key of itemsOf(found)) keys.add(textOf(key));
    cursor = textOf(next);
  } while (cursor !== "0");
  return [...keys].sort();
}

async function contentOf(
  { send }: ValkeyConnection,
  key: string,
  prefix: string,
): Promise<unknown> {
  const type = textOf(await send("TYPE", key));
  const answer =
    type === "hash"
      ? await send("HGETALL", key)
      : await send("ZRANGE", key, "0", "-1", "WITHSCORES");
  const flat = itemsOf(answer).map((item) =>
    bytesOf(item).toString("latin1").replaceAll(prefix, ""),
  );
  return Object.fromEntries(
    Array.from({ length: flat.length / 2 }, (_, i) => [flat[i * 2], flat[i * 2 + 1]]),
  );
}

/** Every record of a storage, by id. */
export async function recordsOf(storage: StorageBackend): Promise<StoredRecord[]> {
  const listed = await storage.list({ filter: everything, limit: 100_000, offset: 0 });
  const records = await storage.get(listed.map(({ id }) => id).sort());
  return records.filter((record) => record !== undefined);
}

/** Where stores lie: how to open one there, and how to look at its keys. */
export interface Site {
  open(prefix: string): Promise<StorageBackend>;
  raw(prefix: string): Promise<RawState>;
}

export function serverSite(url: string, options: ValkeyStorageOptions = {}): Site {
  return {
    open: (prefix) => opened({ ...options, url, prefix }),
    raw: (prefix) => rawState(url, prefix),
  };
}

export function clusterSite(cluster: ValkeyCluster): Site {
  return {
    open: (prefix) => opened({ url: cluster.url, cluster: true, prefix }),
    async raw(prefix) {
      const { url } = cluster.ownerOf(await cluster.slotOf(`{${prefix}}:`));
      return rawState(url, `{${prefix}}`);
    },
  };
}

async function opened(options: ValkeyStorageOptions): Promise<StorageBackend> {
  const storage = valkeyStorage({ ...options, searchConnections: 0 });
  await storage.open(sampleSpace);
  return storage;
}

/**
 * That the store is what its records alone would make: nothing beside them is half written, left over or
 * missing. They are written anew under another prefix, where nothing has gone wrong, and the keys compared; the
 * ids of removed records are not, because they follow from nothing else. Answers with the records.
 */
export async function expectWhole(site: Site, prefix: string): Promise<StoredRecord[]> {
  const copyPrefix = samplePrefix();
  const [store, copy] = await Promise.all([site.open(prefix), site.open(copyPrefix)]);
  try {
    const records = await recordsOf(store);
    if (records.length > 0) await copy.write({ put: records, remove: [] });
    const { ":gone": _, ":meta": __, ...found } = await site.raw(prefix);
    const { ":gone": ___, ":meta": ____, ...expected } = await site.raw(copyPrefix);
    expect(found).toEqual(expected);
    return records;
  } finally {
    await Promise.all([store.close(), copy.close()]);
  }
}

/** That both storages answer the same to every kind of question about everything. */
export async function expectSameAnswers(actual: StorageBackend, model: StorageBackend) {
  expect(await answersOf(actual)).toEqual(await answersOf(model));
}

async function answersOf(storage: StorageBackend) {
  return {
    records: await recordsOf(storage),
    list: await storage.list({ filter: everything, limit: 1_000, offset: 0 }),
    count: await storage.count(everything),
    scopes: (await storage.scopes(everything)).toSorted((a, b) => (a.scope < b.scope ? -1 : 1)),
    categories: await storage.categories(everything),
  };
}

import { parseScope, type StoredRecord } from "@unimem/core/storage";
import type { ValkeyStorage } from "@unimem/valkey";
import { Batch, type GlideClient } from "@valkey/valkey-glide";
import { interleave } from "./interleave.ts";
import type { Finding } from "./report.ts";
import { placeOf } from "./synthetic-facts.ts";
import { bytesOf, openedStore, rawClient, syntheticRecords } from "./valkey-store.ts";

const size = 1_000;

/** One save of 1,000 records beside the plainest way to send the same bytes: hashes, pipelined. */
export async function measureValkeyWrites(url: string): Promise<Finding[]> {
  const store = await openedStore(url, "bench-writes");
  const raw = await rawClient(url);
  const shallow = (record: StoredRecord, i: number) => ({
    ...record,
    scope: parseScope(placeOf(i, "project")),
  });
  const findings = [
    await largeSaves(store, raw, { from: 0, name: "in scopes of two levels", place: shallow }),
    await largeSaves(store, raw, { from: 50_000, name: "in scopes of eight levels" }),
    await singleSaves(store, raw),
  ];
  await store.close();
  raw.close();
  return findings;
}

async function largeSaves(
  store: ValkeyStorage,
  raw: GlideClient,
  options: {
    from: number;
    name: string;
    place?: (record: StoredRecord, i: number) => StoredRecord;
  },
): Promise<Finding> {
  const { from, name, place = (record) => record } = options;
  const batches: StoredRecord[][] = [];
  for (let i = 0; i < 12; i++)
    batches.push((await syntheticRecords(from + i * size, from + (i + 1) * size)).map(place));
  const batchOf = (round: number) => batches[round % batches.length] as StoredRecord[];
  const measured = await interleave(10, {
    save: (round) => store.write({ put: batchOf(round), remove: [] }),
    raw: (round) => rawSave(raw, batchOf(round)),
  });
  const speed = measured.ratio("raw", "save");
  return {
    what: `save of ${size} new records, ${name}`,
    measured: `${measured.p50.save.toFixed(0)} ms`,
    beside: `raw pipelined HSET of the same bytes ${measured.p50.raw.toFixed(0)} ms (${speed.toFixed(2)} × its speed)`,
    target: "≥ 0.6 ×",
    holds: speed >= 0.6,
  };
}

async function singleSaves(store: ValkeyStorage, raw: GlideClient): Promise<Finding> {
  const [record] = (await syntheticRecords(100_000, 100_001)) as [StoredRecord];
  const one = await interleave(200, {
    save: (round) => store.write({ put: [{ ...record, revision: round + 1 }], remove: [] }),
    raw: (round) => rawSave(raw, [{ ...record, revision: round + 1 }]),
  });
  return {
    what: "save of one record",
    measured: `p50 ${one.p50.save.toFixed(2)} ms`,
    beside: `raw HSET ${one.p50.raw.toFixed(2)} ms (${one.ratio("save", "raw").toFixed(2)} ×)`,
  };
}

/** In batches of the size that suits the client best. */
async function rawSave(client: GlideClient, records: readonly StoredRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += 250) {
    const batch = new Batch(false);
    for (const { vector, ...record } of records.slice(from, from + 250))
      batch.hset(`raw:${record.id}`, { json: JSON.stringify(record), vec: bytesOf(vector) });
    await client.exec(batch, true);
  }
}

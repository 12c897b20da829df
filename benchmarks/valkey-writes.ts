import type { StoredRecord } from "@unimem/core/storage";
import { Batch, type GlideClient } from "@valkey/valkey-glide";
import { interleave } from "./interleave.ts";
import type { Finding } from "./report.ts";
import { bytesOf, openedStore, rawClient, syntheticRecords } from "./valkey-store.ts";

const size = 1_000;

/** One save of 1,000 records beside the plainest way to send the same bytes: hashes, pipelined. */
export async function measureValkeyWrites(url: string): Promise<Finding[]> {
  const store = await openedStore(url, "bench-writes");
  const raw = await rawClient(url);
  const batches = await Promise.all(
    Array.from({ length: 12 }, (_, i) => syntheticRecords(i * size, (i + 1) * size)),
  );
  const batchOf = (round: number) => batches[round % batches.length] as StoredRecord[];
  const measured = await interleave(10, {
    save: (round) => store.write({ put: batchOf(round), remove: [] }),
    raw: (round) => rawSave(raw, batchOf(round)),
  });
  const speed = measured.ratio("raw", "save");
  const one = await interleave(200, {
    save: (round) => store.write({ put: [changed(batchOf(0), round)], remove: [] }),
    raw: (round) => rawSave(raw, [changed(batchOf(0), round)]),
  });
  const used = await usedMemory(raw);
  await store.close();
  raw.close();
  return [
    {
      what: `save of ${size} new records with vectors of 384`,
      measured: `${measured.p50.save.toFixed(0)} ms`,
      beside: `raw pipelined HSET of the same bytes ${measured.p50.raw.toFixed(0)} ms (${speed.toFixed(2)} × its speed)`,
      target: "≥ 0.6 ×",
      holds: speed >= 0.6,
    },
    {
      what: "save of one record",
      measured: `p50 ${one.p50.save.toFixed(2)} ms`,
      beside: `raw HSET ${one.p50.raw.toFixed(2)} ms (${one.ratio("save", "raw").toFixed(2)} ×)`,
    },
    {
      what: "memory of the server with both, a record",
      measured: `${(used / (batches.length * size) / 1024).toFixed(1)} KB`,
    },
  ];
}

function changed(records: readonly StoredRecord[], round: number): StoredRecord {
  return { ...(records[round % records.length] as StoredRecord), revision: round + 2 };
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

async function usedMemory(client: GlideClient): Promise<number> {
  return Number(/^used_memory_dataset:(\d+)/m.exec(String(await client.info()))?.[1]);
}

import { parseScope, type StoredRecord } from "@unimem/core/storage";
import type { ValkeyStorage } from "@unimem/valkey";
import { Batch, Decoder, type GlideClient, type GlideString } from "@valkey/valkey-glide";
import { interleave } from "./interleave.ts";
import type { Finding } from "./report.ts";
import { placeOf } from "./synthetic-facts.ts";
import { openedStore, rawClient, syntheticRecords } from "./valkey-store.ts";

const size = 1_000;
const rounds = 20;

/** Saves beside the plainest way to send the same bytes: the hashes that a store makes of its records, pipelined. */
export async function measureValkeyWrites(url: string): Promise<Finding[]> {
  const bench = {
    store: await openedStore(url, "bench-writes"),
    copied: await openedStore(url, "bench-copied"),
    raw: await rawClient(url),
  };
  const shallow = (record: StoredRecord, i: number) => ({
    ...record,
    scope: parseScope(placeOf(i, "project")),
  });
  const findings = [
    await largeSaves(bench, { from: 0, name: "in scopes of two levels", place: shallow }),
    await largeSaves(bench, { from: 50_000, name: "in scopes of eight levels" }),
    await singleSaves(bench),
  ];
  await bench.store.close();
  await bench.copied.close();
  bench.raw.close();
  return findings;
}

interface Bench {
  readonly store: ValkeyStorage;
  /** Where records are written only to see their hashes. */
  readonly copied: ValkeyStorage;
  readonly raw: GlideClient;
}

async function largeSaves(
  { store, copied, raw }: Bench,
  options: {
    from: number;
    name: string;
    place?: (record: StoredRecord, i: number) => StoredRecord;
  },
): Promise<Finding> {
  const { from, name, place = (record) => record } = options;
  const batches: { records: StoredRecord[]; hashes: Hash[] }[] = [];
  for (let i = 0; i < rounds + rounds / 10; i++) {
    const records = (await syntheticRecords(from + i * size, from + (i + 1) * size)).map(place);
    batches.push({ records, hashes: await storedHashes({ copied, raw }, records) });
  }
  const batchOf = (round: number) => batches[round] as (typeof batches)[number];
  const measured = await interleave(rounds, {
    save: (round) => store.write({ put: batchOf(round).records, remove: [] }),
    raw: (round) => rawSave(raw, batchOf(round).hashes),
    least: (round) => rawSave(raw, batchOf(round).hashes.map(contentAlone)),
  });
  const speed = measured.ratio("raw", "save");
  const { save, raw: same, least } = measured.p50;
  return {
    what: `save of ${size} new records, ${name}`,
    measured: `${save.toFixed(0)} ms`,
    beside: `raw pipelined HSET of the same bytes ${same.toFixed(0)} ms (${speed.toFixed(2)} × its speed); of JSON and vector alone ${least.toFixed(0)} ms (${measured.ratio("least", "save").toFixed(2)} ×)`,
    target: "≥ 0.6 ×",
    holds: speed >= 0.6,
  };
}

async function singleSaves({ store, copied, raw }: Bench): Promise<Finding> {
  const records = await syntheticRecords(100_000, 100_001);
  const [record] = records as [StoredRecord];
  const hashes = await storedHashes({ copied, raw }, records);
  const one = await interleave(200, {
    save: (round) => store.write({ put: [{ ...record, revision: round + 1 }], remove: [] }),
    raw: () => rawSave(raw, hashes),
  });
  return {
    what: "save of one record",
    measured: `p50 ${one.p50.save.toFixed(2)} ms`,
    beside: `raw HSET ${one.p50.raw.toFixed(2)} ms (${one.ratio("save", "raw").toFixed(2)} ×)`,
  };
}

interface Hash {
  readonly id: string;
  readonly fields: Record<string, GlideString>;
}

/** What a store makes of records, field by field: text as text, which costs the client what it costs the store. */
async function storedHashes(
  { copied, raw }: Pick<Bench, "copied" | "raw">,
  records: readonly StoredRecord[],
): Promise<Hash[]> {
  await copied.write({ put: records, remove: [] });
  return Promise.all(
    records.map(async ({ id }) => {
      const held = await raw.hgetall(`bench-copied:r:${id}`, { decoder: Decoder.Bytes });
      const fields = held.map(({ field, value }) => {
        const name = field.toString();
        return [name, name === "vec" ? value : value.toString()] as const;
      });
      return { id, fields: Object.fromEntries(fields) };
    }),
  );
}

function contentAlone({ id, fields: { json = "", vec = "" } }: Hash): Hash {
  return { id, fields: { json, vec } };
}

/** In batches of the size that suits the client best. */
async function rawSave(client: GlideClient, hashes: readonly Hash[]): Promise<void> {
  for (let from = 0; from < hashes.length; from += 250) {
    const batch = new Batch(false);
    for (const { id, fields } of hashes.slice(from, from + 250)) batch.hset(`raw:${id}`, fields);
    await client.exec(batch, true);
  }
}

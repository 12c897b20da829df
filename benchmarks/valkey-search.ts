import { Memory } from "@unimem/core";
import type { RecordFilter } from "@unimem/core/storage";
import { valkeyStorage } from "@unimem/valkey";
import { Batch, Decoder, type GlideClient, GlideFt } from "@valkey/valkey-glide";
import { interleave } from "./interleave.ts";
import type { Finding } from "./report.ts";
import { syntheticEmbedder, syntheticQuestion } from "./synthetic-facts.ts";
import {
  bytesOf,
  dimensions,
  filledValkeyStore,
  rawClient,
  syntheticVector,
} from "./valkey-store.ts";

const limit = 10;
const candidates = 20; // limit × the default oversample factor
const everybody: RecordFilter = { visibleTo: "public" };

/** Recall beside the raw search that it stands on, and the exact search of servers without the module. */
export async function measureValkeySearch(servers: {
  url: string;
  standIn: string;
}): Promise<Finding[]> {
  return [
    await recallBesideSearch(servers.standIn),
    await exactSearch(servers.url, 1_000),
    await exactSearch(servers.url, 10_000),
  ];
}

async function recallBesideSearch(url: string): Promise<Finding> {
  const records = 1_000;
  await (await filledValkeyStore(url, records)).close();
  const memory = new Memory({
    storage: valkeyStorage({ url, prefix: `bench-${records}` }),
    embedder: syntheticEmbedder(dimensions),
    lexicalWeight: 0,
  });
  const raw = await rawClient(url);
  await memory.recall("opens the store", { depth: "shallow" });
  const measured = await interleave(60, {
    recall: (round) => memory.recall(syntheticQuestion(round), { limit, depth: "shallow" }),
    raw: (round) => rawSearch(raw, `bench-${records}:`, syntheticQuestion(round)),
  });
  await memory.close();
  raw.close();
  const ratio = measured.ratio("recall", "raw");
  return {
    what: `shallow recall, ${records} records, stand-in of the Search module`,
    measured: `p50 ${measured.p50.recall.toFixed(2)} ms`,
    beside: `raw FT.SEARCH and HMGET ${measured.p50.raw.toFixed(2)} ms (${ratio.toFixed(2)} ×)`,
    target: "≤ 1.3 ×",
    holds: ratio <= 1.3,
  };
}

async function rawSearch(client: GlideClient, base: string, text: string): Promise<void> {
  const query = `*=>[KNN ${candidates} @vec $q AS score]`;
  const [, hits = []] = await GlideFt.search(client, `${base}i:v1:flat:${dimensions}`, query, {
    params: [{ key: "q", value: bytesOf(await syntheticVector(text)) }],
    returnFields: [{ fieldIdentifier: "score" }],
    limit: { offset: 0, count: candidates },
    dialect: 2,
  });
  const batch = new Batch(false);
  for (const { key } of hits) batch.hmget(String(key), ["json"]);
  await client.exec(batch, true);
}

async function exactSearch(url: string, records: number): Promise<Finding> {
  const store = await filledValkeyStore(url, records);
  const raw = await rawClient(url);
  const ids = (await store.list({ filter: everybody, limit: records, offset: 0 })).map(
    ({ id }) => id,
  );
  const measured = await interleave(records > 1_000 ? 20 : 60, {
    search: async (round) => {
      const vector = await syntheticVector(syntheticQuestion(round));
      return store.nearest({ vector, filter: everybody, limit: candidates });
    },
    raw: () => rawVectors(raw, `bench-${records}:`, ids),
  });
  await store.close();
  raw.close();
  return {
    what: `exact search without the module, ${records.toLocaleString("en")} records`,
    measured: `p50 ${measured.p50.search.toFixed(1)} ms`,
    beside: `fetching the vectors alone ${measured.p50.raw.toFixed(1)} ms (${measured.ratio("search", "raw").toFixed(2)} ×)`,
  };
}

async function rawVectors(client: GlideClient, base: string, ids: readonly string[]) {
  for (let from = 0; from < ids.length; from += 500) {
    const batch = new Batch(false);
    for (const id of ids.slice(from, from + 500)) batch.hget(`${base}r:${id}`, "vec");
    await client.exec(batch, true, { decoder: Decoder.Bytes });
  }
}

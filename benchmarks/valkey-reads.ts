import { parseScope, type RecordFilter } from "@unimem/core/storage";
import type { ValkeyStorage } from "@unimem/valkey";
import { Batch, Decoder, type GlideClient } from "@valkey/valkey-glide";
import { interleave } from "./interleave.ts";
import type { Finding } from "./report.ts";
import { placeOf } from "./synthetic-facts.ts";
import { filledValkeyStore, rawClient, syntheticRecord } from "./valkey-store.ts";

const limit = 100;
/** What core asks for: what has not expired. */
const alive: RecordFilter = { visibleTo: "public", aliveAt: new Date(Date.UTC(2027, 0)) };
const room = [parseScope(placeOf(3))];

const reads = {
  "get by id": (store: ValkeyStorage, id: string) => store.get([id], alive),
  [`page of ${limit}, newest first`]: (store: ValkeyStorage) =>
    store.list({ filter: alive, limit, offset: 0 }),
  "count of all": (store: ValkeyStorage) => store.count(alive),
  "count in one scope": (store: ValkeyStorage) => store.count({ ...alive, scopes: room }),
  "tree of 1,000 scopes": (store: ValkeyStorage) => store.scopes(alive),
};
type Read = keyof typeof reads;

/** Whether reads grow with the store, and what they cost beside the bare calls that fetch as much. */
export async function measureValkeyReads(url: string, sizes: number[]): Promise<Finding[]> {
  const stores = [];
  for (const size of sizes) stores.push(await filledValkeyStore(url, size));
  const [small, large] = stores as [ValkeyStorage, ValkeyStorage];
  const [few, many] = sizes.map((size) => size.toLocaleString("en")) as [string, string];
  const raw = await rawClient(url);
  const { id } = await syntheticRecord(7);
  const page = (await large.list({ filter: alive, limit, offset: 0 })).map((record) => record.id);
  const rawReads: Partial<Record<Read, () => Promise<unknown>>> = {
    "get by id": () => rawGet(raw, `bench-${sizes[1]}:`, [id], ["json", "vec"]),
    [`page of ${limit}, newest first`]: async () => {
      await raw.zrange(`bench-${sizes[1]}:z:cp:%2F`, { start: 0, end: limit - 1 });
      await rawGet(raw, `bench-${sizes[1]}:`, page, ["json"]);
    },
  };
  const findings: Finding[] = [];
  for (const [name, read] of Object.entries(reads) as [Read, (typeof reads)[Read]][]) {
    const bare = rawReads[name];
    const measured = await interleave(name.startsWith("tree") ? 40 : 200, {
      small: () => read(small, id),
      large: () => read(large, id),
      raw: bare ?? (async () => {}),
    });
    const growth = measured.ratio("large", "small");
    findings.push({
      what: `${name}, ${many} records`,
      measured: `p50 ${measured.p50.large.toFixed(2)} ms`,
      beside: `${few} records ${measured.p50.small.toFixed(2)} ms (${growth.toFixed(2)} ×)`,
      target: "≤ 1.3 ×",
      holds: growth <= 1.3,
    });
    if (bare !== undefined)
      findings.push({
        what: `${name}, beside bare calls`,
        measured: `p50 ${measured.p50.large.toFixed(2)} ms`,
        beside: `GLIDE alone ${measured.p50.raw.toFixed(2)} ms (${measured.ratio("large", "raw").toFixed(2)} ×)`,
      });
  }
  for (const store of stores) await store.close();
  raw.close();
  return findings;
}

function rawGet(client: GlideClient, base: string, ids: readonly string[], fields: string[]) {
  const batch = new Batch(false);
  for (const id of ids) batch.hmget(`${base}r:${id}`, fields);
  return client.exec(batch, true, { decoder: Decoder.Bytes });
}

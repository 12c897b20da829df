import { chunks } from "./chunks.ts";
import { fromMember, toMember } from "./encode-text.ts";
import { fetchRecords } from "./fetch-records.ts";
import { vectorOwner } from "./record-hash.ts";
import {
  beginRepairScript,
  clearScript,
  dropVectorsScript,
  endRepairScript,
  forgetTimesScript,
  settleScript,
} from "./repair-scripts.ts";
import type { RoundTrips } from "./round-trips.ts";
import { scanKeys } from "./scan-keys.ts";
import { settleArguments } from "./settle-arguments.ts";
import type { StoreKeys } from "./store-keys.ts";
import { StoreReads } from "./store-reads.ts";

export const settledAtOnce = 200;

/**
 * Makes the sets and counts beside the records anew from the records alone, and answers how many there are.
 * Others may read and write meanwhile; until it is done, reads may miss records. One that is broken off leaves a
 * note, by `id`, for which the next opening repairs.
 */
export async function repairStore(trips: RoundTrips, keys: StoreKeys, id: string): Promise<number> {
  const reads = new StoreReads(trips, keys);
  const run = (script: string, args: readonly string[]) =>
    trips.script(script, keys.ofScripts, () => [keys.base, "0", "0", ...args]);
  await reads.check();
  await run(beginRepairScript, [id]);
  for await (const page of scanKeys(trips, `${keys.base}[zneskh]:*`))
    for (const some of chunks(page, settledAtOnce)) await run(clearScript, some);
  for (const times of [keys.accesses, keys.expiries])
    for await (const ids of membersOf(trips, times)) await run(forgetTimesScript, ids);
  const start = keys.record("");
  const settled = new Set<string>();
  for await (const page of scanKeys(trips, `${start}*`)) {
    const ids = page.map((key) => fromMember(key.slice(start.length)));
    for (const some of chunks(ids, settledAtOnce)) {
      const records = await fetchRecords(reads, keys, some);
      const present = records.filter((record) => record !== undefined);
      await run(settleScript, present.flatMap(settleArguments));
      for (const { id } of present) settled.add(id);
    }
  }
  const vectors = keys.vector("");
  for await (const page of scanKeys(trips, `${vectors}*`)) {
    const names = page.map((key) => key.slice(vectors.length));
    for (const some of chunks(names, settledAtOnce))
      await run(
        dropVectorsScript,
        some.flatMap((name) => [toMember(vectorOwner(name)), name]),
      );
  }
  await run(endRepairScript, [id]);
  return settled.size;
}

/** The members of a sorted set, or the fields of a hash, in pages. */
export async function* membersOf(trips: RoundTrips, key: string): AsyncGenerator<string[]> {
  let cursor = "0";
  do {
    const from = cursor;
    const [next, pairs] = await trips.read(async ({ glide, commands }) => {
      const options = { count: 1_000, decoder: glide.Decoder.String };
      const isHash = (await commands.type(key)) === "hash";
      return isHash ? commands.hscan(key, from, options) : commands.zscan(key, from, options);
    });
    cursor = String(next);
    const ids = pairs.filter((_, i) => i % 2 === 0).map(String);
    for (const some of chunks(ids, settledAtOnce)) yield some;
  } while (cursor !== "0");
}

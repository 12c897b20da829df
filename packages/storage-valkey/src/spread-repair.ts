import { chunks } from "./chunks.ts";
import { fromMember, toMember } from "./encode-text.ts";
import { vectorOwner } from "./record-hash.ts";
import { beginRepairScript, clearScript, endRepairScript } from "./repair-scripts.ts";
import { membersOf, settledAtOnce } from "./repair-store.ts";
import type { RoundTrips } from "./round-trips.ts";
import { scanKeys } from "./scan-keys.ts";
import type { SpreadKeys } from "./spread-keys.ts";
import { dropStrayScript } from "./spread-record-scripts.ts";
import { forgetSidesScript } from "./spread-side-scripts.ts";
import type { SpreadSides } from "./spread-sides.ts";
import { StoreReads } from "./store-reads.ts";

/**
 * As `repairStore`, where the records lie on all shards: drops the sets and counts beside them and fills them anew,
 * from every record of every shard. Others may read and write meanwhile.
 */
export async function repairSpread(
  trips: RoundTrips,
  keys: SpreadKeys,
  sides: SpreadSides,
  id: string,
): Promise<number> {
  const run = (script: string, args: readonly string[]) =>
    trips.script(script, keys.ofScripts, () => [keys.base, "0", "0", ...args]);
  await new StoreReads(trips, keys).check();
  await run(beginRepairScript, [id]);
  for await (const page of scanKeys(trips, `${keys.base}[zneskh]:*`))
    for (const some of chunks(page, settledAtOnce)) await run(clearScript, some);
  // Before the records are read: what somebody writes from here on is among them.
  for (const key of [keys.placed, keys.accesses, keys.expiries])
    for await (const members of membersOf(trips, key)) {
      const states = await sides.statesOf(members.map(fromMember));
      const present = new Set(
        states.flatMap((state) => ("record" in state ? [toMember(state.record.id)] : [])),
      );
      await run(
        forgetSidesScript,
        members.filter((member) => !present.has(member)),
      );
    }
  const settled = new Set<string>();
  const start = keys.record("").length;
  for await (const page of scanKeys(trips, `${keys.records}*`))
    for (const some of chunks(page, settledAtOnce)) {
      const states = await sides.statesOf(some.map((key) => fromMember(key.slice(start))));
      await sides.settle(states, { mends: true });
      for (const state of states) if ("record" in state) settled.add(state.record.id);
    }
  await dropStrays(trips, keys);
  await sides.settleBegun();
  await run(endRepairScript, [id]);
  return settled.size;
}

/** Vectors in keys of their own that no record names. */
async function dropStrays(trips: RoundTrips, keys: SpreadKeys): Promise<void> {
  const start = keys.vector("").length;
  for await (const page of scanKeys(trips, `${keys.vectors}*`))
    for (const some of chunks(page, settledAtOnce))
      await Promise.all(
        some.map((key) => {
          const name = key.slice(start);
          const owner = vectorOwner(name);
          const args = [keys.vectorsOf(owner), "0", "0", name];
          return trips.script(dropStrayScript, keys.ofRecord(owner), () => args);
        }),
      );
}

import assert from "node:assert/strict";
import type { StorageBackend } from "@unimem/core/storage";
import { assertStored } from "../assert-records.ts";
import { sampleRecord, sampleRecords } from "../sample-record.ts";
import { everything, getOne, listIds, put, removeIds } from "../store-calls.ts";

/** Writes revisions 1 to 12 of one new id at once, in an order that is neither up nor down. */
export async function raceRevisions(handles: readonly StorageBackend[]): Promise<void> {
  const order = [4, 11, 2, 7, 12, 1, 9, 3, 10, 6, 8, 5];
  const revisions = order.map((revision) =>
    sampleRecord({ id: "a", revision, content: `revision ${revision}` }),
  );
  await Promise.all(revisions.map((record, i) => put(turn(handles, i), record)));
  for (const storage of handles) {
    assertStored(await getOne(storage, "a"), revisions[4] as (typeof revisions)[number]);
    assert.equal(await storage.count(everything), 1);
  }
}

/** Writes one new id at once, many times with one revision. */
export async function raceEqual(handles: readonly StorageBackend[]): Promise<void> {
  const rivals = Array.from({ length: 10 }, (_, i) =>
    sampleRecord({ id: "a", content: `rival ${i}` }),
  );
  await Promise.all(rivals.map((record, i) => put(turn(handles, i), record)));
  for (const storage of handles) {
    assert.deepEqual(await listIds(storage), ["a"]);
    const winner = await getOne(storage, "a");
    const same = rivals.find(({ content }) => content === winner?.content);
    assertStored(winner, same ?? (rivals[0] as (typeof rivals)[number]));
  }
}

/** Removes ids at once with updates and new writes of them, in both orders. */
export async function raceRemovals(handles: readonly StorageBackend[]): Promise<void> {
  const records = sampleRecords(12);
  const first = handles[0] as StorageBackend;
  await put(first, ...records.slice(0, 6));
  await Promise.all(
    records.flatMap(({ id }, i) => {
      const update = () => put(turn(handles, i), sampleRecord({ id, revision: 2 }));
      const removal = () =>
        i % 3 === 0 && i < 6
          ? turn(handles, i + 1).remove({ visibleTo: "all", ids: [id] })
          : removeIds(turn(handles, i + 1), id);
      return i % 2 === 0 ? [update(), removal()] : [removal(), update()];
    }),
  );
  for (const storage of handles) {
    assert.deepEqual(await listIds(storage), []);
    assert.equal(await storage.count(everything), 0);
  }
}

/** The handles in turn. */
export function turn(handles: readonly StorageBackend[], i: number): StorageBackend {
  return handles[i % handles.length] as StorageBackend;
}

import assert from "node:assert/strict";
import { isMemoryError, type StorageBackend, type StoredRecord } from "@unimem/core/storage";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { durability, reembedding, sharedAccess } from "../need.ts";
import {
  beginReembedding,
  embedPending,
  newVector,
  otherSpace,
  reembedded,
  reembedStore,
} from "../reembed-store.ts";
import { sampleDay, sampleRecord, sampleRecords, sampleSpace } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, getOne, listIds, put, removeIds } from "../store-calls.ts";

const isMismatch = (error: unknown) => isMemoryError(error, "DIMENSION_MISMATCH");

export const sharedReembeddingCases: ConformanceCase[] = [
  ...casesAbout(
    "Re-embedding",
    [
      {
        name: "a re-embedding goes on in another handle where one was closed",
        proves: "A process that was killed on the way costs a batch, not the work of a night.",
        async run({ open }) {
          const first = await open();
          await put(first, ...sampleRecords(5));
          const begun = await beginReembedding(first);
          const { records } = await begun.pending(3);
          await begun.write(records.map((record) => newVector(record)));
          await first.close();
          const second = await open();
          const work = await beginReembedding(second);
          assert.equal((await work.pending(9)).remaining, 2);
          await embedPending(work);
          assert.equal(await work.finish(), true);
          await second.close();
          const third = await open(otherSpace);
          for (const record of sampleRecords(5))
            assertStored(await getOne(third, record.id), reembedded(record));
        },
      },
    ],
    [reembedding, durability],
  ),
  ...casesAbout(
    "Re-embedding",
    [
      {
        name: "after the switch a handle of the old space rejects every call as open would",
        proves: "An agent with the old embedder learns of the change before it searches or writes.",
        async run({ open }) {
          const [old, other] = [await open(), await open()];
          await put(old, sampleRecord({ id: "a" }));
          await reembedStore(other);
          const query = { filter: everything, limit: 5 };
          const calls: Record<string, () => Promise<unknown>> = {
            write: () => put(old, sampleRecord({ id: "b" })),
            update: () => put(old, sampleRecord({ id: "a", revision: 2 })),
            removal: () => removeIds(old, "a"),
            get: () => old.get(["a"]),
            nearest: () => old.nearest({ ...query, vector: sampleVector("q") }),
            list: () => old.list({ ...query, offset: 0 }),
            count: () => old.count(everything),
            scopes: () => old.scopes(everything),
            categories: () => old.categories(everything),
            remove: () => old.remove(everything),
            touch: () => old.touch(["a"], sampleDay(1)),
            open: () => old.open(sampleSpace),
          };
          for (const [name, call] of Object.entries(calls))
            await assert.rejects(call(), isMismatch, `${name} did not reject.`);
          assert.deepEqual(await listIds(other), ["a"]);
          assert.deepEqual(await old.open(otherSpace), otherSpace);
          assert.deepEqual(await listIds(old), ["a"]);
        },
      },
      {
        name: "a handle that was opened without a space goes on with the new one",
        proves: "Who only reads and deletes does not care for vectors.",
        async run({ open, handle }) {
          const storage = await open();
          await put(storage, sampleRecord({ id: "a" }), sampleRecord({ id: "b" }));
          const reader = handle();
          await reader.open();
          assert.deepEqual(await listIds(reader), ["a", "b"]);
          await reembedStore(storage);
          assert.deepEqual(await listIds(reader), ["a", "b"]);
          assert.equal(await reader.remove({ visibleTo: "all", ids: ["a"] }), 1);
          assert.deepEqual(await listIds(storage), ["b"]);
          assert.deepEqual(await reader.open(), otherSpace);
        },
      },
      {
        name: "what other handles write, change and remove meanwhile is neither lost nor undone",
        proves: "One process re-embeds while the others work.",
        async run({ open }) {
          const [worker, writer] = [await open(), await open()];
          await put(writer, ...["kept", "changed", "removed"].map((id) => sampleRecord({ id })));
          const work = await beginReembedding(worker);
          await embedPending(work);
          const changed = sampleRecord({ id: "changed", revision: 2, content: "new" });
          const added = sampleRecord({ id: "added" });
          await put(writer, changed, added);
          await removeIds(writer, "removed");
          await writer.touch(["kept"], sampleDay(5));
          assert.equal(await work.finish(), false);
          await embedPending(work);
          assert.equal(await work.finish(), true);
          const kept = { ...sampleRecord({ id: "kept" }), lastAccessed: sampleDay(5) };
          assert.deepEqual((await listIds(worker)).sort(), ["added", "changed", "kept"]);
          for (const record of [kept, changed, added])
            assertStored(await getOne(worker, record.id), reembedded(record));
        },
      },
      {
        name: "a write at the moment of the switch is either in the new space or rejected",
        proves: "No save is confirmed and then lost.",
        async run({ open }) {
          const [worker, writer] = [await open(), await open()];
          await put(worker, ...sampleRecords(20));
          const confirmed: StoredRecord[] = [];
          const writing = writeUntilRefused(writer, confirmed);
          const work = await beginReembedding(worker);
          do await embedPending(work);
          while (!(await work.finish()));
          const refusal = await writing;
          assert.ok(refusal === undefined || isMismatch(refusal), String(refusal));
          await assert.rejects(put(writer, sampleRecord({ id: "late" })), isMismatch);
          assert.equal(await worker.count(everything), 20 + confirmed.length);
          const found = await worker.get(confirmed.map(({ id }) => id));
          for (const [i, record] of confirmed.entries()) assertStored(found[i], reembedded(record));
        },
      },
      {
        name: "two handles that re-embed into one space at once both finish",
        proves: "Two processes of one deployment that start with the new embedder get on.",
        async run({ open }) {
          const handles = [await open(), await open()];
          await put(handles[0] as StorageBackend, ...sampleRecords(30));
          await Promise.all(
            handles.map(async (storage) => {
              const work = await beginReembedding(storage);
              do await embedPending(work, { limit: 7 });
              while (!(await work.finish()));
            }),
          );
          for (const storage of handles)
            for (const record of sampleRecords(30))
              assertStored(await getOne(storage, record.id), reembedded(record));
          assert.equal(await handles[0]?.count(everything), 30);
        },
      },
      {
        name: "a re-embedding that another has overtaken into a third space is refused",
        proves: "The first to finish decides, and the second is told so.",
        async run({ open }) {
          const [slow, fast] = [await open(), await open()];
          await put(slow, ...sampleRecords(3));
          const work = await beginReembedding(slow);
          await embedPending(work);
          const third = { dimensions: 16, embedder: "third/16" };
          await reembedStore(fast, third);
          await assert.rejects(work.pending(5), isMismatch);
          await assert.rejects(work.write([newVector({ id: "id-0000", revision: 1 })]), isMismatch);
          await assert.rejects(work.finish(), isMismatch);
          for (const record of sampleRecords(3))
            assertStored(await getOne(fast, record.id), reembedded(record, third));
        },
      },
    ],
    [reembedding, sharedAccess],
  ),
];

/** Writes one record after another, for a while; answers with the error that ended it before. */
async function writeUntilRefused(
  storage: StorageBackend,
  confirmed: StoredRecord[],
): Promise<unknown> {
  for (let i = 0; i < 40; i++) {
    const record = sampleRecord({ id: `written ${i}` });
    try {
      await put(storage, record);
    } catch (error) {
      return error;
    }
    confirmed.push(record);
    await new Promise(setImmediate); // a storage without input or output would never let others run
  }
  return undefined;
}

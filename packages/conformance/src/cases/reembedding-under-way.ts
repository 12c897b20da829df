import assert from "node:assert/strict";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { reembedding } from "../need.ts";
import {
  beginReembedding,
  embedPending,
  newVector,
  otherSpace,
  reembedded,
} from "../reembed-store.ts";
import { sampleDay, sampleRecord, sampleRecords, sampleSpace } from "../sample-record.ts";
import { getOne, listIds, put, removeIds } from "../store-calls.ts";

const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id).sort();

/** What a re-embedding answers while it is under way, and what becomes of changes meanwhile. */
export const reembeddingUnderWayCases: ConformanceCase[] = casesAbout(
  "Re-embedding",
  [
    {
      name: "finish answers false while a record is pending, and changes nothing",
      proves: "No record is left behind without a vector.",
      async run({ open }) {
        const storage = await open();
        const held = sampleRecords(3);
        await put(storage, ...held);
        const work = await beginReembedding(storage);
        assert.equal(await work.finish(), false);
        const { records } = await work.pending(2);
        await work.write(records.map((record) => newVector(record)));
        assert.equal(await work.finish(), false);
        assert.deepEqual(await storage.open(sampleSpace), sampleSpace);
        for (const record of held) assertStored(await getOne(storage, record.id), record);
      },
    },
    {
      name: "pending answers at most so many records, with their contents, and counts the others",
      proves: "A large store is re-embedded in batches, and a user sees how far it has come.",
      async run({ open }) {
        const storage = await open();
        const held = sampleRecords(7, (i) => ({ content: `content ${i}`, revision: i + 1 }));
        await put(storage, ...held);
        const work = await beginReembedding(storage);
        const seen = new Map<string, string>();
        for (const [remaining, count] of [
          [7, 3],
          [4, 3],
          [1, 1],
          [0, 0],
        ]) {
          const found = await work.pending(3);
          assert.equal(found.remaining, remaining);
          assert.equal(found.total, 7);
          assert.equal(found.records.length, count);
          for (const { id, revision, content } of found.records)
            seen.set(id, `${revision} ${content}`);
          if (count) await work.write(found.records.map((record) => newVector(record)));
        }
        const expected = held.map((each) => [each.id, `${each.revision} ${each.content}`] as const);
        assert.deepEqual(seen, new Map(expected));
      },
    },
    {
      name: "what is written and changed meanwhile is pending, and is there afterwards",
      proves: "A long re-embedding loses nothing that agents save while it runs.",
      async run({ open }) {
        const storage = await open();
        await put(storage, sampleRecord({ id: "kept" }), sampleRecord({ id: "changed" }));
        const work = await beginReembedding(storage);
        await embedPending(work);
        const changed = sampleRecord({ id: "changed", revision: 2, content: "new", scope: "/new" });
        const added = sampleRecord({ id: "added" });
        await put(storage, changed, added);
        assert.deepEqual(ids((await work.pending(9)).records), ["added", "changed"]);
        assert.equal(await work.finish(), false);
        await embedPending(work);
        assert.equal(await work.finish(), true);
        for (const record of [sampleRecord({ id: "kept" }), changed, added])
          assertStored(await getOne(storage, record.id), reembedded(record));
      },
    },
    {
      name: "a vector counts for its own revision only",
      proves: "A vector that arrives late is not kept for a content that it does not fit.",
      async run({ open }) {
        const storage = await open();
        await put(storage, sampleRecord({ id: "a", revision: 3 }));
        const work = await beginReembedding(storage);
        await work.write([newVector({ id: "a", revision: 2 })]);
        await work.write([newVector({ id: "never there", revision: 1 })]);
        assert.deepEqual(ids((await work.pending(9)).records), ["a"]);
        assert.equal(await work.finish(), false);
        await embedPending(work);
        assert.equal(await work.finish(), true);
        assert.deepEqual(await listIds(storage), ["a"]);
      },
    },
    {
      name: "what is removed meanwhile is not pending, is not taken over and stays removed",
      proves: "A re-embedding brings nothing back that a user has forgotten.",
      async run({ open }) {
        const storage = await open();
        await put(storage, ...["a", "b", "c", "kept"].map((id) => sampleRecord({ id })));
        const work = await beginReembedding(storage);
        await removeIds(storage, "a");
        assert.deepEqual(ids((await work.pending(9)).records), ["b", "c", "kept"]);
        await embedPending(work);
        await removeIds(storage, "b");
        assert.equal(await storage.remove({ visibleTo: "all", ids: ["c"] }), 1);
        assert.equal(await work.finish(), true);
        assert.deepEqual(await listIds(storage), ["kept"]);
        const again = ["a", "b", "c"].map((id) => reembedded(sampleRecord({ id, revision: 2 })));
        await put(storage, ...again);
        assert.deepEqual(await listIds(storage), ["kept"]);
      },
    },
    {
      name: "touches meanwhile are kept",
      proves: "When a memory was last used is not forgotten over a change of embedder.",
      async run({ open }) {
        const storage = await open();
        const held = sampleRecords(3);
        await put(storage, ...held);
        const work = await beginReembedding(storage);
        await storage.touch(["id-0000"], sampleDay(1));
        await embedPending(work);
        await storage.touch(["id-0001"], sampleDay(2));
        assert.equal(await work.finish(), true);
        const accesses = (await storage.get(ids(held))).map((record) => record?.lastAccessed);
        assert.deepEqual(accesses, [sampleDay(1), sampleDay(2), sampleDay(0)]);
      },
    },
    {
      name: "a re-embedding that is begun again goes on where it was",
      proves: "What an embedder was paid for is not embedded twice.",
      async run({ open }) {
        const storage = await open();
        await put(storage, ...sampleRecords(5));
        const first = await beginReembedding(storage);
        const { records } = await first.pending(3);
        await first.write(records.map((record) => newVector(record)));
        const second = await beginReembedding(storage);
        const left = await second.pending(9);
        assert.equal(left.remaining, 2);
        assert.deepEqual(ids([...left.records, ...records]), ids(sampleRecords(5)));
        await embedPending(second);
        assert.equal(await second.finish(), true);
      },
    },
    {
      name: "a re-embedding into another space has vectors of its own",
      proves: "One that was given up does not leave its vectors to the next.",
      async run({ open }) {
        const storage = await open();
        const held = sampleRecords(3);
        await put(storage, ...held);
        await embedPending(await beginReembedding(storage));
        const alike = { ...otherSpace, embedder: "alike/12" };
        const work = await beginReembedding(storage, alike);
        assert.equal((await work.pending(9)).remaining, 3);
        await embedPending(work, { space: alike });
        assert.equal(await work.finish(), true);
        for (const record of held)
          assertStored(await getOne(storage, record.id), reembedded(record, alike));
      },
    },
  ],
  [reembedding],
);

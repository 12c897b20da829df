import assert from "node:assert/strict";
import { isMemoryError } from "@unimem/core/storage";
import { assertStored } from "../assert-records.ts";
import { checkReads } from "../check-reads.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { corpusWord, filterCorpus } from "../filter-corpus.ts";
import { reembedding } from "../need.ts";
import {
  beginReembedding,
  embedPending,
  newVector,
  otherSpace,
  reembedded,
  reembedStore,
} from "../reembed-store.ts";
import { sampleRecord, sampleRecords, sampleSpace } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { current, everything, getOne, put } from "../store-calls.ts";

/** What a store is once it has been taken to another space. */
export const reembeddingCases: ConformanceCase[] = casesAbout(
  "Re-embedding",
  [
    {
      name: "re-embedding gives every record a new vector and changes nothing else",
      proves:
        "Changing the embedder costs no memory, whoever it belongs to and whatever its state.",
      async run({ open }) {
        const storage = await open();
        const held = filterCorpus();
        await put(storage, ...held);
        await reembedStore(storage);
        const now = held.map((record) => reembedded(record));
        const vector = sampleVector("query", 12);
        for (const filter of [everything, current])
          for (const limit of [3, 1_000])
            await checkReads(storage, now, { filter, limit, vector, word: corpusWord });
        assert.deepEqual(await storage.open(), otherSpace);
      },
    },
    {
      name: "until the switch the store answers in the old space, and afterwards it refuses it",
      proves: "An agent works on while its store is taken over, and never mixes two spaces.",
      async run({ open }) {
        const storage = await open();
        const held = sampleRecords(5, () => ({ content: "harbour" }));
        await put(storage, ...held);
        const work = await beginReembedding(storage);
        await embedPending(work);
        const query = { filter: everything, limit: 3, vector: sampleVector("q"), word: "harbour" };
        await checkReads(storage, held, query);
        assert.deepEqual(await storage.open(sampleSpace), sampleSpace);
        assert.equal(await work.finish(), true);
        await assert.rejects(storage.open(sampleSpace), (error) =>
          isMemoryError(error, "DIMENSION_MISMATCH"),
        );
        assert.deepEqual(await storage.open(otherSpace), otherSpace);
        const added = sampleRecord({ id: "added", vector: sampleVector("added", 12) });
        await put(storage, added);
        assertStored(await getOne(storage, "added"), added);
      },
    },
    {
      name: "the store can be taken to another embedder of the same width, and back",
      proves: "Vectors of two models of one width are not mistaken for each other.",
      async run({ open }) {
        const storage = await open();
        const held = sampleRecords(3);
        await put(storage, ...held);
        const same = { dimensions: 8, embedder: "same width/8" };
        for (const space of [same, otherSpace, sampleSpace, same]) {
          await reembedStore(storage, space);
          assert.deepEqual(await storage.open(), space);
          for (const record of held)
            assertStored(await getOne(storage, record.id), reembedded(record, space));
        }
      },
    },
    {
      name: "thousands of records are re-embedded, and each has its own vector",
      proves: "No limit of a query cuts what is taken over.",
      async run({ open }) {
        const storage = await open();
        const held = sampleRecords(2_300);
        await put(storage, ...held);
        const work = await beginReembedding(storage);
        const { records } = await work.pending(1_100);
        await work.write(records.map((record) => newVector(record)));
        assert.equal((await work.pending(1)).remaining, 1_200);
        await embedPending(work, { limit: 1_100 });
        assert.equal(await work.finish(), true);
        assert.equal(await storage.count(everything), held.length);
        const found = await storage.get(held.map(({ id }) => id));
        for (const [i, record] of held.entries()) assertStored(found[i], reembedded(record));
      },
    },
    {
      name: "an empty store has nothing to re-embed, and takes the space",
      proves: "A new memory is not stopped by an order that has nothing to do.",
      async run({ handle }) {
        const storage = handle();
        await storage.open();
        const work = await beginReembedding(storage);
        assert.deepEqual(await work.pending(5), { records: [], remaining: 0, total: 0 });
        assert.equal(await work.finish(), true);
        await put(storage, sampleRecord({ id: "a", vector: sampleVector("a", 12) }));
        assert.deepEqual(await storage.open(), otherSpace);
      },
    },
    {
      name: "a store that is in the space already has nothing to re-embed",
      proves: "An order that is given twice does no harm.",
      async run({ open }) {
        const storage = await open();
        const record = sampleRecord({ id: "a" });
        await put(storage, record);
        const work = await beginReembedding(storage, sampleSpace);
        assert.deepEqual(await work.pending(5), { records: [], remaining: 0, total: 1 });
        assert.equal(await work.finish(), true);
        assert.equal(await work.finish(), true);
        assertStored(await getOne(storage, "a"), record);
      },
    },
  ],
  [reembedding],
);

import assert from "node:assert/strict";
import { isMemoryError, parseScope } from "@unimem/core/storage";
import { assertStored } from "../assert-records.ts";
import { checkReads } from "../check-reads.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { corpusWord, filterCorpus } from "../filter-corpus.ts";
import { durability } from "../need.ts";
import { sampleDay, sampleRecord, sampleSpace } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, getOne, listIds, put, removeIds } from "../store-calls.ts";

export const durabilityCases: ConformanceCase[] = casesAbout(
  "Durability",
  [
    {
      name: "everything written is there when the store is opened again",
      proves: "A memory outlives the program that made it.",
      async run({ open, handle }) {
        const first = await open();
        const held = filterCorpus();
        await put(first, ...held);
        await first.close();
        const second = handle();
        assert.deepEqual(await second.open(sampleSpace), sampleSpace);
        const vector = sampleVector("query");
        for (const filter of [
          everything,
          { visibleTo: "public", scopes: [parseScope("/app")] } as const,
        ])
          await checkReads(second, held, { filter, limit: 100, vector, word: corpusWord });
      },
    },
    {
      name: "revisions, removals and touches hold after the store is opened again",
      proves: "The rules that make retries safe outlive a restart.",
      async run({ open }) {
        const first = await open();
        const newer = sampleRecord({ id: "a", revision: 5 });
        await put(first, newer, sampleRecord({ id: "gone" }), sampleRecord({ id: "gone too" }));
        await removeIds(first, "gone", "never there");
        await first.remove({ visibleTo: "all", ids: ["gone too"] });
        await first.touch(["a"], sampleDay(4));
        await first.close();
        const second = await open();
        await put(second, sampleRecord({ id: "a", revision: 4, content: "stale" }));
        for (const id of ["gone", "gone too", "never there"])
          await put(second, sampleRecord({ id, revision: 9 }));
        assert.deepEqual(await listIds(second), ["a"]);
        assertStored(await getOne(second, "a"), { ...newer, lastAccessed: sampleDay(4) });
      },
    },
    {
      name: "a removal of yesterday still counts today, in a new process",
      proves: "The week of a removed id is counted by the clock, not by the life of a process.",
      async run({ open, clock }) {
        for (let day = 0; day < 6; day++) {
          const storage = await open();
          if (day === 0) await removeIds(storage, "gone");
          await put(storage, sampleRecord({ id: "gone" }), sampleRecord({ id: `day-${day}` }));
          assert.equal(await storage.count(everything), day + 1);
          await storage.close();
          clock.advance(24 * 60 * 60 * 1000);
        }
      },
    },
    {
      name: "a store with records refuses another embedder after it is opened again",
      proves: "The space of the vectors is kept with them, not in a setting beside them.",
      async run({ open, handle }) {
        const first = await open();
        await put(first, sampleRecord({ id: "a" }));
        await first.close();
        const second = handle();
        await assert.rejects(second.open({ dimensions: 12, embedder: "sample/12" }), (error) =>
          isMemoryError(error, "DIMENSION_MISMATCH"),
        );
        await assert.rejects(second.open({ dimensions: 8, embedder: "foreign/8" }), (error) =>
          isMemoryError(error, "EMBEDDER_MISMATCH"),
        );
        assert.deepEqual(await second.open(sampleSpace), sampleSpace);
        assert.deepEqual(await listIds(second), ["a"]);
      },
    },
    {
      name: "a store opened without an embedder can be read and emptied",
      proves: "Looking into a memory, and clearing it, needs no model and no key.",
      async run({ open, handle }) {
        const first = await open();
        const record = sampleRecord({ id: "a", scope: "/a", categories: ["red"] });
        await put(first, record, sampleRecord({ id: "b" }));
        await first.close();
        const reader = handle();
        assert.deepEqual(await reader.open(), sampleSpace);
        assertStored(await getOne(reader, "a"), record);
        assert.deepEqual(await listIds(reader), ["a", "b"]);
        assert.equal(await reader.count(everything), 2);
        assert.equal((await reader.scopes(everything)).length, 2);
        assert.deepEqual(await reader.categories(everything), new Map([["red", 1]]));
        assert.equal(await reader.remove({ visibleTo: "all", ids: ["a"] }), 1);
        await removeIds(reader, "b");
        assert.equal(await reader.count(everything), 0);
        assert.equal(await reader.open(), null);
      },
    },
    {
      name: "an emptied store takes another space after it is opened again",
      proves: "A memory that was reset starts anew with another embedder.",
      async run({ open }) {
        const first = await open();
        await put(first, sampleRecord({ id: "old" }));
        await first.remove(everything);
        await first.close();
        const wider = { dimensions: 12, embedder: "sample/12" };
        const second = await open(wider);
        const record = sampleRecord({ id: "new", vector: sampleVector("new", 12) });
        await put(second, record, sampleRecord({ id: "old", vector: sampleVector("old", 12) }));
        await second.close();
        const third = await open(wider);
        assertStored(await getOne(third, "new"), record);
        assert.deepEqual(await listIds(third), ["new"]);
      },
    },
    {
      name: "a write that resolved before close is kept, however soon the close",
      proves: "A resolved write is stored, not waiting in a buffer.",
      async run({ open }) {
        for (let i = 0; i < 5; i++) {
          const storage = await open();
          assert.equal(await storage.count(everything), i);
          await put(storage, sampleRecord({ id: `r${i}` }));
          await storage.close();
        }
      },
    },
  ],
  [durability],
);

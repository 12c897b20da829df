import assert from "node:assert/strict";
import type { StoredRecord } from "@unimem/core/storage";
import { assertStored } from "../assert-records.ts";
import { checkReads } from "../check-reads.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sharedAccess } from "../need.ts";
import { sampleDay, sampleRecord, sampleRecords } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, getOne, listIds, put, removeIds } from "../store-calls.ts";
import { raceEqual, raceRemovals, raceRevisions, turn } from "./races.ts";

export const sharedAccessCases: ConformanceCase[] = casesAbout(
  "Shared access",
  [
    {
      name: "the next read of one handle sees every write of another",
      proves: "Two agents on one memory do not work on two versions of it.",
      async run({ open }) {
        const [a, b] = [await open(), await open()];
        async function bothSee(...records: StoredRecord[]): Promise<void> {
          const query = {
            filter: everything,
            limit: 5,
            vector: sampleVector("q"),
            word: "harbour",
          };
          for (const each of [a, b]) {
            await checkReads(each, records, query);
            for (const record of records) assertStored(await getOne(each, record.id), record);
          }
        }
        await bothSee();
        const other = sampleRecord({ id: "b", scope: "/b", categories: ["b"], content: "harbour" });
        const first = sampleRecord({ id: "a" });
        await put(a, first);
        await bothSee(first);
        await put(b, other);
        await bothSee(first, other);
        const second = sampleRecord({ id: "a", revision: 2, scope: "/a", content: "A harbour." });
        await put(b, second);
        await bothSee(second, other);
        await b.touch(["b"], sampleDay(3));
        const touched = { ...other, lastAccessed: sampleDay(3) };
        await bothSee(second, touched);
        assert.equal(await b.remove({ visibleTo: "all", ids: ["a"] }), 1);
        await bothSee(touched);
        await removeIds(a, "b");
        await bothSee();
        assert.equal(await b.remove(everything), 0);
      },
    },
    {
      name: "one handle respects the revisions and removals of another",
      proves: "A stale writer in another process neither undoes nor resurrects anything.",
      async run({ open }) {
        const [a, b] = [await open(), await open()];
        const newer = sampleRecord({ id: "a", revision: 5, content: "newer" });
        await put(a, newer, sampleRecord({ id: "gone" }));
        await put(b, sampleRecord({ id: "a", revision: 4 }), sampleRecord({ id: "other" }));
        assertStored(await getOne(b, "a"), newer);
        await removeIds(a, "gone", "early");
        await put(b, sampleRecord({ id: "gone", revision: 9 }), sampleRecord({ id: "early" }));
        assert.deepEqual(await listIds(a), ["a", "other"]);
        assert.deepEqual(await listIds(b), ["a", "other"]);
      },
    },
    {
      name: "a handle that opened before anything was stored sees the first records of another",
      proves: "Starting two agents at once on a new memory works.",
      async run({ open, handle }) {
        const [early, reader, writer] = [await open(), handle(), await open()];
        assert.equal(await reader.open(), null);
        await put(writer, sampleRecord({ id: "a" }));
        assert.deepEqual(await listIds(early), ["a"]);
        assert.deepEqual(await listIds(reader), ["a"]);
        await put(early, sampleRecord({ id: "b" }));
        assert.equal(await writer.count(everything), 2);
      },
    },
    {
      name: "handles that open a new store at once all use it",
      proves: "Whoever is first to create a store does not lock out the others.",
      async run({ open }) {
        const handles = await Promise.all(Array.from({ length: 4 }, () => open()));
        await Promise.all(handles.map((each, i) => put(each, sampleRecord({ id: `r${i}` }))));
        for (const each of handles) assert.deepEqual(await listIds(each), ["r0", "r1", "r2", "r3"]);
      },
    },
    {
      name: "writes at once through two handles are all there",
      proves: "Parallel agents lose nothing and duplicate nothing.",
      async run({ open }) {
        const handles = [await open(), await open()];
        const records = sampleRecords(20);
        await Promise.all(records.map((record, i) => put(turn(handles, i), record)));
        for (const each of handles)
          assert.deepEqual(
            await listIds(each),
            records.map(({ id }) => id),
          );
      },
    },
    {
      name: "of revisions that arrive at once through two handles the highest stands",
      proves: "The result of a race between processes does not depend on who was faster.",
      run: async ({ open }) => raceRevisions([await open(), await open()]),
    },
    {
      name: "of equal revisions that arrive at once through two handles one stands, whole",
      proves: "The same new id written by two processes is one record.",
      run: async ({ open }) => raceEqual([await open(), await open()]),
    },
    {
      name: "a removal through one handle at once with a write through another leaves it removed",
      proves: "Forgetting beats a change that another process is making.",
      run: async ({ open }) => raceRemovals([await open(), await open()]),
    },
    {
      name: "closing one handle leaves the others open",
      proves: "An agent that ends does not end the others on its memory.",
      async run({ open }) {
        const [a, b] = [await open(), await open()];
        await put(a, sampleRecord({ id: "a" }));
        await a.close();
        await put(b, sampleRecord({ id: "b" }));
        assert.deepEqual(await listIds(b), ["a", "b"]);
      },
    },
  ],
  [sharedAccess],
);

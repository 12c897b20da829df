import assert from "node:assert/strict";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecords } from "../sample-record.ts";
import { everything, put } from "../store-calls.ts";
import { raceEqual, raceRemovals, raceRevisions } from "./races.ts";

export const concurrencyCases: ConformanceCase[] = casesAbout("Concurrency", [
  {
    name: "thirty writes at once through one handle are all there",
    proves: "Parallel saves lose nothing and duplicate nothing.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(90);
      await Promise.all(
        Array.from({ length: 30 }, (_, i) => put(storage, ...records.slice(i * 3, i * 3 + 3))),
      );
      assert.equal(await storage.count(everything), 90);
      const found = await storage.get(records.map(({ id }) => id));
      for (const [i, record] of records.entries()) assertStored(found[i], record);
    },
  },
  {
    name: "of revisions that arrive at once the highest stands",
    proves: "The result of a race does not depend on who was faster.",
    run: async ({ open }) => raceRevisions([await open()]),
  },
  {
    name: "of equal revisions of a new id that arrive at once one stands, whole",
    proves: "A write that is repeated while it is still running gives one record, not two.",
    run: async ({ open }) => raceEqual([await open()]),
  },
  {
    name: "a removal at once with a write of its id leaves it removed",
    proves: "Forgetting beats any change that is under way.",
    run: async ({ open }) => raceRemovals([await open()]),
  },
  {
    name: "reads, touches and writes at once all answer",
    proves: "A busy agent gets answers, not conflicts of the backend.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(40);
      await put(storage, ...records.slice(0, 20));
      const at = sampleDay(1);
      await Promise.all(
        records
          .slice(20)
          .flatMap((record, i) => [
            put(storage, record),
            storage.touch([records[i]?.id as string], at),
            storage.count(everything),
            storage.nearest({ vector: record.vector, filter: everything, limit: 3 }),
            storage.list({ filter: everything, limit: 5, offset: 0 }),
          ]),
      );
      assert.equal(await storage.count(everything), 40);
      const listed = await storage.list({ filter: everything, limit: 100, offset: 0 });
      assert.equal(listed.filter(({ lastAccessed }) => +lastAccessed === +at).length, 20);
    },
  },
]);

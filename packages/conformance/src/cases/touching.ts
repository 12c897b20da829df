import assert from "node:assert/strict";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord, sampleRecords } from "../sample-record.ts";
import { everything, getOne, listIds, put, removeIds } from "../store-calls.ts";

export const touchingCases: ConformanceCase[] = casesAbout("Touching", [
  {
    name: "touch moves lastAccessed to the millisecond and changes nothing else",
    proves: "A recall notes its use without looking like an edit: revision, order and vector stay.",
    async run({ open }) {
      const storage = await open();
      const [a, b] = ["a", "b"].map((id) =>
        sampleRecord({ id, revision: 3, categories: [], metadata: { x: null }, scope: "/s" }),
      ) as [ReturnType<typeof sampleRecord>, ReturnType<typeof sampleRecord>];
      await put(storage, a, b);
      const at = new Date("2026-02-03T04:05:06.789Z");
      await storage.touch(["a"], at);
      assertStored(await getOne(storage, "a"), { ...a, lastAccessed: at });
      assertStored(await getOne(storage, "b"), b);
      assert.equal(await storage.count(everything), 2);
    },
  },
  {
    name: "touch never moves lastAccessed back",
    proves: "Notes of use that arrive late do not make a memory look forgotten.",
    async run({ open }) {
      const storage = await open();
      await put(
        storage,
        sampleRecord({ id: "a" }),
        sampleRecord({ id: "b", lastAccessed: sampleDay(9) }),
      );
      await storage.touch(["a", "b"], sampleDay(5));
      await storage.touch(["a", "b"], sampleDay(3));
      assert.deepEqual((await getOne(storage, "a"))?.lastAccessed, sampleDay(5));
      assert.deepEqual((await getOne(storage, "b"))?.lastAccessed, sampleDay(9));
    },
  },
  {
    name: "touch ignores unknown, removed and repeated ids",
    proves:
      "A record may be forgotten between a recall and the note of its use; it does not come back.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }), sampleRecord({ id: "gone" }));
      await removeIds(storage, "gone");
      await storage.touch(["nobody", "gone", "a", "a"], sampleDay(1));
      await storage.touch(["nobody"], sampleDay(1));
      assert.deepEqual(await listIds(storage), ["a"]);
      assert.deepEqual((await getOne(storage, "a"))?.lastAccessed, sampleDay(1));
    },
  },
  {
    name: "touch takes a thousand ids at once",
    proves: "Core notes the use of a thousand records in one call.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(1_200);
      await put(storage, ...records);
      await storage.touch(
        records.slice(0, 1_000).map(({ id }) => id),
        sampleDay(1),
      );
      const listed = await storage.list({ filter: everything, limit: 2_000, offset: 0 });
      const touched = listed.filter(({ lastAccessed }) => lastAccessed > sampleDay(0));
      assert.equal(touched.length, 1_000);
      assert.equal(listed.length, 1_200);
    },
  },
  {
    name: "a newer revision is written whole after a touch, also where its lastAccessed is older",
    proves: "A note of use does not stand in the way of an edit.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }));
      await storage.touch(["a"], sampleDay(9));
      const next = sampleRecord({
        id: "a",
        revision: 2,
        content: "next",
        lastAccessed: sampleDay(1),
      });
      await put(storage, next);
      assertStored(await getOne(storage, "a"), next);
    },
  },
]);

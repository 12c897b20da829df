import assert from "node:assert/strict";
import { isMemoryError } from "@unimem/core/storage";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleRecord, sampleSpace } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, getOne, listIds, put, removeIds } from "../store-calls.ts";

const wider = { dimensions: 12, embedder: "sample/12" };
const foreign = { dimensions: 8, embedder: "foreign/8" };

export const openingCases: ConformanceCase[] = casesAbout("Opening", [
  {
    name: "open answers null while nothing is stored, and the space of the records afterwards",
    proves: "Core learns from the store itself whether its embedder fits.",
    async run({ handle }) {
      const storage = handle();
      assert.equal(await storage.open(), null);
      assert.equal(await storage.open(sampleSpace), null);
      await put(storage, sampleRecord({ id: "a" }));
      assert.deepEqual(await storage.open(sampleSpace), sampleSpace);
      assert.deepEqual(await storage.open(), sampleSpace);
    },
  },
  {
    name: "an empty store reads as empty",
    proves: "The first recall of a new memory answers with nothing instead of an error.",
    async run({ handle }) {
      const storage = handle();
      for (const expected of [undefined, sampleSpace]) {
        await storage.open(expected);
        const vector = sampleVector("query");
        assert.deepEqual(await storage.get(["a"]), [undefined]);
        assert.deepEqual(await storage.get([]), []);
        assert.deepEqual(await listIds(storage), []);
        assert.deepEqual(await storage.nearest({ vector, filter: everything, limit: 5 }), []);
        assert.equal(await storage.count(everything), 0);
        assert.deepEqual(await storage.scopes(everything), []);
        assert.deepEqual(await storage.categories(everything), new Map());
        assert.equal(await storage.remove(everything), 0);
        await storage.touch(["a"], new Date());
        const query = { text: "word", filter: everything, limit: 5 };
        assert.deepEqual((await storage.matching?.(query)) ?? [], []);
      }
    },
  },
  {
    name: "a new store that was opened without a space refuses a write with INVALID_INPUT",
    proves: "No record is ever stored of which nobody knows what its vector can be compared with.",
    async run({ handle }) {
      const storage = handle();
      await storage.open();
      const refused = storage.write({ put: [sampleRecord({ id: "a" })], remove: [] });
      await assert.rejects(refused, (error) => isMemoryError(error, "INVALID_INPUT"));
      assert.equal(await storage.open(sampleSpace), null);
      await put(storage, sampleRecord({ id: "a" }));
      assert.deepEqual(await listIds(storage), ["a"]);
    },
  },
  {
    name: "an embedder of another width is refused with DIMENSION_MISMATCH, which names both",
    proves: "Vectors that cannot be compared never meet, and the message says how to go on.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }));
      await assert.rejects(storage.open(wider), (error) => {
        assert.ok(isMemoryError(error, "DIMENSION_MISMATCH"), String(error));
        assert.deepEqual(error.details, { expected: 12, actual: 8 });
        for (const part of ["12", "8", wider.embedder, sampleSpace.embedder])
          assert.ok(error.message.includes(part), `The message does not name ${part}.`);
        return true;
      });
    },
  },
  {
    name: "another embedder of the same width is refused with EMBEDDER_MISMATCH, which names both",
    proves: "Vectors of two models look alike and compare to nonsense; the store tells them apart.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }));
      await assert.rejects(storage.open(foreign), (error) => {
        assert.ok(isMemoryError(error, "EMBEDDER_MISMATCH"), String(error));
        assert.deepEqual(error.details, { expected: "foreign/8", actual: "sample/8" });
        for (const part of [foreign.embedder, sampleSpace.embedder])
          assert.ok(error.message.includes(part), `The message does not name ${part}.`);
        return true;
      });
    },
  },
  {
    name: "a refused open changes nothing, and the right embedder opens the store again",
    proves: "A wrong setting is mended by correcting it, without losing anything.",
    async run({ open }) {
      const storage = await open();
      const record = sampleRecord({ id: "a" });
      await put(storage, record);
      await assert.rejects(storage.open(wider));
      await assert.rejects(storage.open(foreign));
      assert.deepEqual(await storage.open(sampleSpace), sampleSpace);
      assertStored(await getOne(storage, "a"), record);
      await put(storage, sampleRecord({ id: "b" }));
      assert.equal(await storage.count(everything), 2);
    },
  },
  {
    name: "a store that holds nothing yet takes another space",
    proves: "A first attempt with the wrong embedder leaves no trace.",
    async run({ open }) {
      const storage = await open();
      assert.equal(await storage.open(wider), null);
      const record = sampleRecord({ id: "a", vector: sampleVector("a", 12) });
      await put(storage, record);
      assertStored(await getOne(storage, "a"), record);
      assert.deepEqual(await storage.open(), wider);
    },
  },
  {
    name: "an emptied store takes another space and still knows what was removed",
    proves: "`resetAll()` is the way to another embedder, and forgotten records stay forgotten.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }), sampleRecord({ id: "b" }));
      await removeIds(storage, "a");
      assert.equal(await storage.remove(everything), 1);
      assert.equal(await storage.open(wider), null);
      const of = (id: string) => sampleRecord({ id, revision: 2, vector: sampleVector(id, 12) });
      await put(storage, of("a"), of("b"), of("c"));
      assert.deepEqual(await listIds(storage), ["c"]);
      const [nearest] = await storage.nearest({
        vector: sampleVector("c", 12),
        filter: everything,
        limit: 1,
      });
      assert.equal(nearest?.record.id, "c");
      assert.deepEqual(await storage.open(wider), wider);
    },
  },
  {
    name: "a superseded record counts as stored",
    proves: "History holds vectors too, so it keeps another embedder out.",
    async run({ open, clock }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a", supersededBy: "b", supersededAt: clock.now() }));
      assert.deepEqual(await storage.open(), sampleSpace);
      await assert.rejects(storage.open(foreign));
    },
  },
]);

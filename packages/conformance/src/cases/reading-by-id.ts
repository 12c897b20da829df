import assert from "node:assert/strict";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord } from "../sample-record.ts";
import { getOne, put } from "../store-calls.ts";

export const readingByIdCases: ConformanceCase[] = casesAbout("Reading by id", [
  {
    name: "get answers once per id, in the order asked, with undefined for what is missing",
    proves: "Core can pair its ids with the answers by position.",
    async run({ open }) {
      const storage = await open();
      await put(storage, ...["a", "b", "c"].map((id) => sampleRecord({ id })));
      const found = await storage.get(["c", "nobody", "a", "b", "c"]);
      assert.deepEqual(
        found.map((record) => record?.id),
        ["c", undefined, "a", "b", "c"],
      );
      assert.deepEqual(await storage.get([]), []);
    },
  },
  {
    name: "get without a filter finds superseded and private records",
    proves: "History and updates reach every version that is kept.",
    async run({ open }) {
      const storage = await open();
      const record = sampleRecord({
        id: "a",
        private: true,
        source: "x",
        supersededBy: "b",
        supersededAt: sampleDay(1),
      });
      await put(storage, record);
      assertStored(await getOne(storage, "a"), record);
      assert.equal(await getOne(storage, "a", { visibleTo: "all" }), undefined);
      assert.equal(await getOne(storage, "a", { visibleTo: "public", state: "any" }), undefined);
    },
  },
  {
    name: "get takes thousands of ids at once",
    proves: "A large batch is read in one call, not cut by a limit on parameters.",
    async run({ open }) {
      const storage = await open();
      await put(storage, ...["first", "last"].map((id) => sampleRecord({ id })));
      const unknown = Array.from({ length: 3_000 }, (_, i) => `unknown ${i}`);
      const found = await storage.get(["first", ...unknown, "last"]);
      assert.equal(found.length, 3_002);
      assert.equal(found[0]?.id, "first");
      assert.equal(found[3_001]?.id, "last");
      assert.equal(found.filter((record) => record !== undefined).length, 2);
    },
  },
]);

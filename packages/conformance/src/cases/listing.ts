import assert from "node:assert/strict";
import { newestFirst, type StoredRecord } from "@unimem/core/storage";
import { assertRecords } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord, sampleRecords } from "../sample-record.ts";
import { current, everything, listIds, put, removeIds } from "../store-calls.ts";

/** As `sampleRecords`, in an order that has nothing to do with ids or times. */
function shuffled(records: readonly StoredRecord[]): StoredRecord[] {
  return records.toSorted((a, b) => (a.vector[0] as number) - (b.vector[0] as number));
}

export const listingCases: ConformanceCase[] = casesAbout("Listing", [
  {
    name: "list answers newest first, whatever the order of writing",
    proves: "The first page shows what is new, not what was written last.",
    async run({ open }) {
      const storage = await open();
      const records = shuffled(sampleRecords(50, (i) => ({ createdAt: sampleDay(i % 25) })));
      for (let i = 0; i < 50; i += 10) await put(storage, ...records.slice(i, i + 10));
      const listed = await storage.list({ filter: everything, limit: 50, offset: 0 });
      assertRecords(listed, records.toSorted(newestFirst));
    },
  },
  {
    name: "records of one moment are listed by id, by character code",
    proves: "The order is total, so every storage shows the same page.",
    async run({ open }) {
      const storage = await open();
      const ids = ["b", "a", "B", "A", "10", "9", "1", "_", "é", "e", "z", "aa", "日", "-"];
      await put(storage, ...ids.map((id) => sampleRecord({ id })));
      assert.deepEqual(await listIds(storage), ids.toSorted());
    },
  },
  {
    name: "a difference of one millisecond decides the order",
    proves: "Memories saved in one second keep their order.",
    async run({ open }) {
      const storage = await open();
      const at = (ms: number) => new Date(sampleDay(0).getTime() + ms);
      await put(
        storage,
        ...[2, 0, 1, 999, 3].map((ms) => sampleRecord({ id: `ms-${ms}`, createdAt: at(ms) })),
      );
      assert.deepEqual(await listIds(storage), ["ms-999", "ms-3", "ms-2", "ms-1", "ms-0"]);
    },
  },
  {
    name: "pages put together give the whole list, over ties and over thousands of records",
    proves: "Paging through a memory shows every record once.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(2_500, (i) => ({ createdAt: sampleDay((i * 7) % 40) }));
      for (let i = 0; i < 2_500; i += 500)
        await put(storage, ...shuffled(records.slice(i, i + 500)));
      const ids = records.toSorted(newestFirst).map(({ id }) => id);
      const paged: string[] = [];
      for (let offset = 0; offset < 2_500; offset += 300)
        paged.push(...(await listIds(storage, everything, { limit: 300, offset })));
      assert.deepEqual(paged, ids);
      assert.deepEqual(await listIds(storage, everything, { limit: 2_500 }), ids);
      assert.deepEqual(
        await listIds(storage, everything, { limit: 1, offset: 2_499 }),
        ids.slice(-1),
      );
    },
  },
  {
    name: "limit and offset count matching records only",
    proves: "A page of a filtered list is full whenever enough records match.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(60, (i) => ({
        categories: i % 3 === 0 ? ["third"] : [],
        createdAt: sampleDay(i),
      }));
      await put(storage, ...records);
      const thirds = records
        .filter((_, i) => i % 3 === 0)
        .map(({ id }) => id)
        .reverse();
      const filter = { visibleTo: "all", categories: ["third"] } as const;
      for (const offset of [0, 1, 7, 15, 19, 20, 100])
        assert.deepEqual(
          await listIds(storage, filter, { limit: 5, offset }),
          thirds.slice(offset, offset + 5),
          `offset ${offset}`,
        );
    },
  },
  {
    name: "an offset beyond the end answers with nothing",
    proves: "Paging ends with an empty page, not with an error.",
    async run({ open }) {
      const storage = await open();
      await put(storage, ...sampleRecords(3));
      assert.deepEqual(await listIds(storage, everything, { limit: 5, offset: 3 }), []);
      assert.deepEqual(await listIds(storage, everything, { limit: 5, offset: 1_000_000 }), []);
    },
  },
  {
    name: "counts follow every write and removal at once",
    proves: "What was just saved or forgotten is in the next number a user sees.",
    async run({ open }) {
      const storage = await open();
      for (let i = 1; i <= 10; i++) {
        await put(
          storage,
          sampleRecord({ id: `r${i}`, categories: ["all", i % 2 ? "odd" : "even"] }),
        );
        assert.equal(await storage.count(current), i);
        assert.equal((await storage.categories(current)).get("all"), i);
        assert.equal((await storage.scopes(current))[0]?.count, i);
      }
      await removeIds(storage, "r1", "r2", "r3");
      assert.deepEqual(
        await storage.categories(current),
        new Map([
          ["all", 7],
          ["odd", 3],
          ["even", 4],
        ]),
      );
    },
  },
  {
    name: "counts, categories and scopes add up over thousands of records",
    proves: "No number stops at the size of a page.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(3_000, (i) => ({
        scope: `/scope ${i % 300}`,
        categories: [`category ${i % 700}`],
      }));
      await put(storage, ...records);
      assert.equal(await storage.count(everything), 3_000);
      const scopes = await storage.scopes(everything);
      assert.equal(scopes.length, 300);
      assert.ok(scopes.every(({ count }) => count === 10));
      const categories = await storage.categories(everything);
      assert.equal(categories.size, 700);
      const named = [...categories.values()].reduce((sum, count) => sum + count, 0);
      assert.equal(named, 3_000);
    },
  },
  {
    name: "a category that a record names twice counts once, and special names count as others",
    proves: "The numbers beside categories are numbers of records.",
    async run({ open }) {
      const storage = await open();
      const names = ["", "é", "e\u0301", "__proto__", "constructor", "a,b", "Case", "case", "😀"];
      await put(
        storage,
        sampleRecord({ id: "a", categories: ["twice", "twice"] }),
        sampleRecord({ id: "b", categories: names }),
        sampleRecord({ id: "c", categories: [...names, "twice"] }),
        sampleRecord({ id: "d" }),
      );
      const expected = new Map([["twice", 2], ...names.map((name) => [name, 2] as const)]);
      assert.deepEqual(await storage.categories(everything), expected);
    },
  },
]);

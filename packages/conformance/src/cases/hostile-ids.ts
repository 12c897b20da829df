import assert from "node:assert/strict";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord } from "../sample-record.ts";
import { everything, getOne, listIds, put, removeIds } from "../store-calls.ts";

const hostileIds = [
  "'",
  "o'brien",
  "' OR '1'='1",
  "x'; DROP TABLE records; --",
  '"',
  "\\",
  "a\\'b",
  "`",
  "$x",
  "{x}",
  "[x]",
  "(x)",
  "a:b",
  "a|b",
  "a,b",
  "a b",
  " a",
  "a ",
  "a\nb",
  "a\tb",
  "nul\u0000nul",
  "nul",
  "*",
  "?",
  "%",
  "_",
  "a_b",
  "axb",
  "../../etc/passwd",
  "/",
  "A",
  "a",
  "caf\u00e9",
  "cafe\u0301",
  "😀",
  "日本",
  "0",
  "00",
  "1e3",
  "null",
  "undefined",
  "true",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "x".repeat(500),
  "x".repeat(499),
];

export const hostileIdCases: ConformanceCase[] = casesAbout("Hostile ids", [
  {
    name: "every id is a plain text: quotes, wildcards, control characters, special names, 500 characters",
    proves: "An id from outside neither breaks a query nor reaches another record.",
    async run({ open }) {
      const storage = await open();
      const records = hostileIds.map((id) => sampleRecord({ id, content: `of ${id}` }));
      await put(storage, ...records);
      assert.equal(await storage.count(everything), hostileIds.length);
      const found = await storage.get(hostileIds);
      for (const [i, record] of records.entries()) {
        assertStored(found[i], record);
        assert.deepEqual(await listIds(storage, { visibleTo: "all", ids: [record.id] }), [
          record.id,
        ]);
      }
    },
  },
  {
    name: "an id with hostile characters is updated, touched and removed alone",
    proves: "No write to one record spills over to records with a similar id.",
    async run({ open }) {
      const storage = await open();
      await put(storage, ...hostileIds.map((id) => sampleRecord({ id })));
      await storage.touch(["%", "a_b", "' OR '1'='1", "*"], sampleDay(1));
      await put(storage, sampleRecord({ id: "A", revision: 2, content: "changed" }));
      const listed = await storage.list({ filter: everything, limit: 1000, offset: 0 });
      const touched = listed.filter(({ lastAccessed }) => lastAccessed > sampleDay(0));
      assert.deepEqual(touched.map(({ id }) => id).sort(), ["%", "' OR '1'='1", "*", "a_b"]);
      assert.deepEqual(
        listed.filter(({ content }) => content === "changed").map(({ id }) => id),
        ["A"],
      );
      let left = hostileIds.length;
      for (const id of ["%", "_", "*", "' OR '1'='1", "A", "cafe\u0301", "a ", "nul\u0000nul"]) {
        await removeIds(storage, id);
        assert.equal(await storage.count(everything), --left, `after ${JSON.stringify(id)}`);
        assert.equal(await getOne(storage, id), undefined);
      }
      assert.equal(await storage.remove({ visibleTo: "all", ids: ["x') OR (1=1", "a_b"] }), 1);
    },
  },
  {
    name: "unknown ids with hostile characters find nothing",
    proves: "A crafted id behaves exactly like a missing one.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "secret" }));
      for (const id of hostileIds) assert.equal(await getOne(storage, id), undefined);
      assert.deepEqual(await listIds(storage, { visibleTo: "all", ids: hostileIds }), []);
      assert.deepEqual(
        await listIds(storage, { visibleTo: "all", supersededBy: hostileIds, state: "any" }),
        [],
      );
    },
  },
]);

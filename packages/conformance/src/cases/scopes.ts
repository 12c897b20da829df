import assert from "node:assert/strict";
import { parseScope } from "@unimem/core/storage";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord } from "../sample-record.ts";
import { listIds, put } from "../store-calls.ts";

export const scopeCases: ConformanceCase[] = casesAbout("Scopes", [
  {
    name: "the root scope holds everything",
    proves: "An unscoped recall searches the whole memory, the records at the root included.",
    async run({ open }) {
      const storage = await open();
      const paths = ["/", "/a", "/a/b/c/d"];
      await put(storage, ...paths.map((scope, i) => sampleRecord({ id: `r${i}`, scope })));
      const root = parseScope("/");
      assert.deepEqual(await listIds(storage, { visibleTo: "all", scopes: [root] }), [
        "r0",
        "r1",
        "r2",
      ]);
      assert.equal(await storage.remove({ visibleTo: "all", scopes: [root] }), 3);
    },
  },
  {
    name: "a scope written as NFD is the scope written as NFC",
    proves: "Two keyboards that encode one name differently share one memory.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a", scope: "/cafe\u0301/menu" }));
      const filter = { visibleTo: "all", scopes: [parseScope("/caf\u00e9")] } as const;
      assert.deepEqual(await listIds(storage, filter), ["a"]);
    },
  },
  {
    name: "several scopes hold what any of them covers, and each record once",
    proves: "A slice over overlapping scopes counts and lists nothing twice.",
    async run({ open }) {
      const storage = await open();
      const paths = ["/a", "/a/b", "/a/b/c", "/d", "/e"];
      await put(storage, ...paths.map((scope, i) => sampleRecord({ id: `r${i}`, scope })));
      const scopes = ["/a", "/a/b", "/d", "/nowhere", "/a"].map((path) => parseScope(path));
      const filter = { visibleTo: "all", scopes } as const;
      assert.deepEqual(await listIds(storage, filter), ["r0", "r1", "r2", "r3"]);
      assert.equal(await storage.count(filter), 4);
    },
  },
  {
    name: "a filter takes 200 scopes at once",
    proves: "A slice over many scopes is one search.",
    async run({ open }) {
      const storage = await open();
      const records = Array.from({ length: 210 }, (_, i) =>
        sampleRecord({ id: `r${String(i).padStart(3, "0")}`, scope: `/tenant ${i}/notes` }),
      );
      await put(storage, ...records);
      const scopes = Array.from({ length: 200 }, (_, i) => parseScope(`/tenant ${i}`));
      assert.equal(await storage.count({ visibleTo: "all", scopes }), 200);
      assert.equal((await listIds(storage, { visibleTo: "all", scopes })).length, 200);
    },
  },
  {
    name: "a scope summary counts the scope itself, not what lies below, and knows its oldest and newest",
    proves: "The tree and the info of a scope add up.",
    async run({ open }) {
      const storage = await open();
      await put(
        storage,
        sampleRecord({ id: "a", scope: "/a", createdAt: sampleDay(3) }),
        sampleRecord({ id: "b", scope: "/a", createdAt: sampleDay(-5) }),
        sampleRecord({ id: "c", scope: "/a", createdAt: new Date("2026-01-02T03:04:05.678Z") }),
        sampleRecord({ id: "d", scope: "/a/b", createdAt: sampleDay(9) }),
        sampleRecord({ id: "e", scope: "/a/c/d", private: true, source: "x" }),
      );
      const summaries = await storage.scopes({ visibleTo: "public", scopes: [parseScope("/a")] });
      assert.deepEqual(
        summaries.sort((a, b) => (a.scope < b.scope ? -1 : 1)),
        [
          { scope: "/a", count: 3, oldest: sampleDay(-5), newest: sampleDay(3) },
          { scope: "/a/b", count: 1, oldest: sampleDay(9), newest: sampleDay(9) },
        ],
      );
    },
  },
]);

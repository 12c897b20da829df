import assert from "node:assert/strict";
import { assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, getOne, listIds, put } from "../store-calls.ts";

export const revisionCases: ConformanceCase[] = casesAbout("Revisions", [
  {
    name: "a higher revision replaces every field",
    proves: "An update is complete: no field of the old version shines through.",
    async run({ open }) {
      const storage = await open();
      await put(
        storage,
        sampleRecord({
          id: "a",
          scope: "/old",
          categories: ["old"],
          metadata: { old: true },
          source: "old",
          private: true,
        }),
      );
      const next = sampleRecord({
        id: "a",
        revision: 2,
        content: "new",
        scope: "/new",
        categories: ["new"],
        metadata: { new: 1 },
        importance: 0.1,
        createdAt: sampleDay(-3),
        updatedAt: sampleDay(1),
        lastAccessed: sampleDay(-2),
        supersededBy: "b",
        supersededAt: sampleDay(2),
        expiresAt: sampleDay(3),
        vector: sampleVector("new"),
      });
      await put(storage, next);
      assertStored(await getOne(storage, "a"), next);
      assert.equal(await storage.count(everything), 1);
    },
  },
  {
    name: "a higher revision clears what it leaves empty",
    proves:
      "What was superseded, private or about to expire can be made current, public and lasting.",
    async run({ open }) {
      const storage = await open();
      const full = sampleRecord({
        id: "a",
        content: "full",
        categories: ["x"],
        metadata: { x: 1 },
        source: "s",
        private: true,
        supersededBy: "b",
        supersededAt: sampleDay(1),
        expiresAt: sampleDay(1),
      });
      const bare = sampleRecord({ id: "a", revision: 2, content: "" });
      await put(storage, full);
      await put(storage, bare);
      assertStored(await getOne(storage, "a"), bare);
    },
  },
  {
    name: "a lower revision changes nothing",
    proves: "A late or repeated write cannot undo a newer one.",
    async run({ open }) {
      const storage = await open();
      const newer = sampleRecord({ id: "a", revision: 5, content: "newer" });
      await put(storage, newer);
      await put(storage, sampleRecord({ id: "a", revision: 4, content: "older", scope: "/old" }));
      assertStored(await getOne(storage, "a"), newer);
      assert.deepEqual(await listIds(storage), ["a"]);
    },
  },
  {
    name: "an equal revision changes nothing",
    proves: "A retry is safe: the same write twice is one record, and the first writer wins.",
    async run({ open }) {
      const storage = await open();
      const first = sampleRecord({ id: "a", revision: 3, content: "first" });
      await put(storage, first);
      await put(storage, sampleRecord({ id: "a", revision: 3, content: "second" }));
      assertStored(await getOne(storage, "a"), first);
      assert.equal(await storage.count(everything), 1);
    },
  },
  {
    name: "a batch writes its newer records although others in it are stale",
    proves: "One conflict does not cost the rest of a batch.",
    async run({ open }) {
      const storage = await open();
      const kept = sampleRecord({ id: "kept", revision: 9 });
      await put(storage, kept, sampleRecord({ id: "grows" }));
      const grown = sampleRecord({ id: "grows", revision: 2, content: "grown" });
      const added = sampleRecord({ id: "added" });
      await put(storage, sampleRecord({ id: "kept", revision: 8, content: "stale" }), grown, added);
      assertStored(await getOne(storage, "kept"), kept);
      assertStored(await getOne(storage, "grows"), grown);
      assertStored(await getOne(storage, "added"), added);
    },
  },
  {
    name: "the gap between two revisions does not matter",
    proves: "A writer that missed some versions still counts as newer.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a", revision: 1 }));
      const last = sampleRecord({ id: "a", revision: 1_000_000, content: "last" });
      await put(storage, last);
      await put(storage, sampleRecord({ id: "a", revision: 999_999, content: "almost" }));
      assertStored(await getOne(storage, "a"), last);
    },
  },
  {
    name: "reads by the old values no longer find an updated record",
    proves: "No index keeps the scope, category, words or vector that a record had before.",
    async run({ open }) {
      const storage = await open();
      const old = sampleRecord({ id: "a", scope: "/old", categories: ["old"], content: "zebra" });
      await put(storage, old);
      const next = sampleRecord({
        id: "a",
        revision: 2,
        scope: "/new",
        categories: ["new"],
        content: "giraffe",
        vector: sampleVector("elsewhere"),
      });
      await put(storage, next);
      assert.equal(await storage.count({ visibleTo: "all", scopes: [old.scope] }), 0);
      assert.equal(await storage.count({ visibleTo: "all", categories: ["old"] }), 0);
      assert.deepEqual(await storage.categories(everything), new Map([["new", 1]]));
      assert.deepEqual(
        (await storage.scopes(everything)).map(({ scope }) => scope),
        [next.scope],
      );
      const found = await storage.nearest({ vector: next.vector, filter: everything, limit: 5 });
      assert.equal(found.length, 1);
      assert.ok(Math.abs((found[0]?.similarity ?? 0) - 1) <= 1e-5);
      assert.deepEqual(
        (await storage.matching?.({ text: "zebra", filter: everything, limit: 5 })) ?? [],
        [],
      );
    },
  },
]);

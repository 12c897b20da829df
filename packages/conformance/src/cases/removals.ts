import assert from "node:assert/strict";
import { parseScope } from "@unimem/core/storage";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord, sampleRecords } from "../sample-record.ts";
import { current, everything, getOne, listIds, put, removeIds } from "../store-calls.ts";

const hour = 60 * 60 * 1000;
const day = 24 * hour;

export const removalCases: ConformanceCase[] = casesAbout("Removals", [
  {
    name: "a removed record is in no answer any more",
    proves: "What is forgotten is forgotten in every read, not only in some.",
    async run({ open }) {
      const storage = await open();
      const [a, b] = ["a", "b"].map((id) =>
        sampleRecord({ id, scope: `/${id}`, categories: [id], content: `lighthouse ${id}` }),
      ) as [ReturnType<typeof sampleRecord>, ReturnType<typeof sampleRecord>];
      await put(storage, a, b);
      await removeIds(storage, "a");
      assert.equal(await getOne(storage, "a"), undefined);
      assert.deepEqual(await listIds(storage), ["b"]);
      assert.equal(await storage.count(everything), 1);
      assert.deepEqual(await storage.categories(everything), new Map([["b", 1]]));
      assert.deepEqual(
        (await storage.scopes(everything)).map(({ scope }) => scope),
        [b.scope],
      );
      const nearest = await storage.nearest({ vector: a.vector, filter: everything, limit: 5 });
      assert.deepEqual(
        nearest.map(({ record }) => record.id),
        ["b"],
      );
      const matches = await storage.matching?.({
        text: "lighthouse",
        filter: everything,
        limit: 5,
      });
      assert.deepEqual(matches?.map(({ record }) => record.id) ?? ["b"], ["b"]);
    },
  },
  {
    name: "remove answers how many records it removed",
    proves: "`forget` tells its caller the truth.",
    async run({ open }) {
      const storage = await open();
      await put(storage, ...sampleRecords(10, (i) => ({ scope: i < 4 ? "/a" : "/b" })));
      assert.equal(await storage.remove({ visibleTo: "all", scopes: [parseScope("/a")] }), 4);
      assert.equal(await storage.remove({ visibleTo: "all", scopes: [parseScope("/a")] }), 0);
      assert.equal(await storage.count(everything), 6);
      assert.equal(await storage.remove(everything), 6);
      assert.equal(await storage.remove(everything), 0);
      assert.equal(await storage.count(everything), 0);
    },
  },
  {
    name: "remove takes current records only, unless it is asked for others",
    proves: "History is not lost by a filter that did not mention it.",
    async run({ open }) {
      const storage = await open();
      const old = sampleRecord({ id: "old", supersededBy: "new", supersededAt: sampleDay(1) });
      await put(storage, old, sampleRecord({ id: "new" }));
      assert.equal(await storage.remove(current), 1);
      assert.deepEqual(await listIds(storage), ["old"]);
      assert.equal(await storage.remove({ visibleTo: "all", state: "superseded" }), 1);
    },
  },
  {
    name: "a removed id stays removed, whatever revision is written later",
    proves: "A retry, replay or slow writer cannot bring back what a user has forgotten.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }), sampleRecord({ id: "b" }));
      await removeIds(storage, "a");
      await storage.remove({ visibleTo: "all", ids: ["b"] });
      for (const revision of [1, 2, 1000])
        await put(
          storage,
          sampleRecord({ id: "a", revision }),
          sampleRecord({ id: "b", revision }),
        );
      assert.deepEqual(await listIds(storage), []);
      assert.equal(await storage.count(everything), 0);
    },
  },
  {
    name: "a removal that arrives before the record keeps it away",
    proves: "Writes may overtake each other; forgetting wins in either order.",
    async run({ open }) {
      const storage = await open();
      await removeIds(storage, "a");
      await put(storage, sampleRecord({ id: "a" }), sampleRecord({ id: "b" }));
      assert.deepEqual(await listIds(storage), ["b"]);
    },
  },
  {
    name: "a removed id stays removed for a week of other writes",
    proves: "The memory of what was removed outlives every retry and every journal.",
    async run({ open, clock }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "a" }), sampleRecord({ id: "b" }));
      await removeIds(storage, "a");
      await storage.remove({ visibleTo: "all", ids: ["b"] });
      for (let i = 0; i < 6; i++) {
        clock.advance(day);
        await put(storage, sampleRecord({ id: `other-${i}` }));
        await removeIds(storage, `other-${i}`);
      }
      clock.advance(23 * hour);
      await put(storage, sampleRecord({ id: "other" }));
      await put(storage, sampleRecord({ id: "a", revision: 2 }));
      await put(storage, sampleRecord({ id: "b", revision: 2 }));
      assert.deepEqual(await listIds(storage), ["other"]);
    },
  },
  {
    name: "removing an unknown id does nothing and is no error",
    proves: "A removal can be repeated until it is known to have arrived.",
    async run({ open }) {
      const storage = await open();
      await removeIds(storage, "nobody");
      await put(storage, sampleRecord({ id: "a" }));
      await removeIds(storage, "nobody", "nobody else");
      await removeIds(storage, "a");
      await removeIds(storage, "a");
      assert.equal(await storage.remove({ visibleTo: "all", ids: ["a", "nobody"] }), 0);
      assert.deepEqual(await listIds(storage), []);
    },
  },
  {
    name: "one batch both writes and removes",
    proves: "A consolidation that replaces one record by another is a single write.",
    async run({ open }) {
      const storage = await open();
      await put(storage, sampleRecord({ id: "old" }), sampleRecord({ id: "kept" }));
      await storage.write({
        put: [sampleRecord({ id: "new" }), sampleRecord({ id: "kept", revision: 2 })],
        remove: ["old"],
      });
      assert.deepEqual(await listIds(storage), ["kept", "new"]);
      assert.equal((await getOne(storage, "kept"))?.revision, 2);
    },
  },
  {
    name: "remove takes thousands of records at once",
    proves: "Resetting a large scope is one call that counts every record.",
    async run({ open }) {
      const storage = await open();
      await put(storage, ...sampleRecords(2_500, (i) => ({ scope: i % 5 ? "/big" : "/small" })));
      assert.equal(await storage.remove({ visibleTo: "all", scopes: [parseScope("/big")] }), 2_000);
      assert.equal(await storage.count(everything), 500);
      await put(storage, sampleRecord({ id: "id-0001", revision: 2 }));
      assert.equal(await storage.count(everything), 500);
    },
  },
]);

import assert from "node:assert/strict";
import { cosine, matchesFilter, unitVector } from "@unimem/core/storage";
import { checkNearest } from "../check-reads.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { exactSearch } from "../need.ts";
import { sampleRecord, sampleRecords } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, put } from "../store-calls.ts";

const vector = sampleVector("the query");

export const nearestCases: ConformanceCase[] = casesAbout("Nearest", [
  {
    name: "nearest answers the nearest first, with core's cosine",
    proves: "Scores do not depend on the storage: they agree within 0.00001.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(100);
      await put(storage, ...records);
      for (const limit of [1, 2, 7, 99, 100, 1_000])
        await checkNearest(storage, records, { filter: everything, limit, vector });
    },
  },
  {
    name: "equal, orthogonal and opposite vectors have similarity 1, 0 and -1",
    proves: "The whole range of cosine is used, not a distance or a folded half of it.",
    async run({ open }) {
      const storage = await open();
      const axis = (i: number, length: number) =>
        Float32Array.from({ length: 8 }, (_, each) => (each === i ? length : 0));
      await put(
        storage,
        sampleRecord({ id: "opposite", vector: axis(0, -1) }),
        sampleRecord({ id: "orthogonal", vector: axis(1, 1) }),
        sampleRecord({ id: "equal", vector: axis(0, 1) }),
      );
      const found = await storage.nearest({ vector: axis(0, 1), filter: everything, limit: 3 });
      assert.deepEqual(
        found.map(({ record }) => record.id),
        ["equal", "orthogonal", "opposite"],
      );
      for (const [i, expected] of [1, 0, -1].entries()) {
        const { similarity } = found[i] as (typeof found)[number];
        assert.ok(Math.abs(similarity - expected) <= 1e-5, `${similarity} is not ${expected}`);
        assert.ok(similarity >= -1 && similarity <= 1, `${similarity} is not in -1..1`);
      }
    },
  },
  {
    name: "similarities stay exact where vectors are almost the same",
    proves:
      "Repeats are told from near repeats, which is how core drops the ones and keeps the others.",
    async run({ open }) {
      const storage = await open();
      const records = Array.from({ length: 20 }, (_, i) => {
        const moved = Float32Array.from(vector, (value, at) => value + (at === 0 ? i * 0.01 : 0));
        return sampleRecord({ id: `near-${i}`, vector: unitVector(moved) });
      });
      await put(storage, ...records);
      await checkNearest(storage, records, { filter: everything, limit: 20, vector });
    },
  },
  {
    name: "records with one and the same vector are all found",
    proves: "Two memories of one wording do not hide each other.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(12, () => ({ vector }));
      await put(storage, ...records);
      await checkNearest(storage, records, { filter: everything, limit: 12, vector });
      await checkNearest(storage, records, { filter: everything, limit: 5, vector });
    },
  },
  {
    name: "limit results are found although the nearest records do not match the filter",
    proves: "Recall in a small scope is not starved by nearer records of others.",
    async run({ open }) {
      const storage = await open();
      const near = sampleRecords(200, () => ({ scope: "/others", vector }));
      const far = Array.from({ length: 5 }, (_, i) =>
        sampleRecord({ id: `far-${i}`, scope: "/mine" }),
      );
      await put(storage, ...near, ...far);
      const scopes = far.map(({ scope }) => scope).slice(0, 1);
      await checkNearest(storage, far, { filter: { visibleTo: "all", scopes }, limit: 3, vector });
      await checkNearest(storage, far, { filter: { visibleTo: "all", scopes }, limit: 50, vector });
    },
  },
  {
    name: "limit results that match are found among thousands, also where an index misses some",
    proves: "An index may trade exactness for speed, but not answer with too few, or wrong scores.",
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(3_000, (i) => ({ categories: [i % 100 ? "common" : "rare"] }));
      await put(storage, ...records);
      for (const category of ["common", "rare"]) {
        const filter = { visibleTo: "all", categories: [category] } as const;
        const found = await storage.nearest({ vector, filter, limit: 30 });
        assert.equal(found.length, 30);
        assert.ok(found.every(({ record }) => matchesFilter(record, filter)));
        for (const [i, { record, similarity }] of found.entries()) {
          const cosineToIt = cosine(vector, sampleVector(record.id));
          assert.ok(Math.abs(similarity - cosineToIt) <= 1e-5);
          assert.ok(i === 0 || similarity <= (found[i - 1]?.similarity as number));
        }
      }
    },
  },
  {
    name: "nearest is exact among thousands of records, with and without a filter",
    proves: "A storage that calls its search exact misses nothing as a memory grows.",
    needs: [exactSearch],
    async run({ open }) {
      const storage = await open();
      const records = sampleRecords(3_000, (i) => ({ categories: [i % 100 ? "common" : "rare"] }));
      await put(storage, ...records);
      await checkNearest(storage, records, { filter: everything, limit: 25, vector });
      const rare = records.filter((_, i) => i % 100 === 0);
      const filter = { visibleTo: "all", categories: ["rare"] } as const;
      await checkNearest(storage, rare, { filter, limit: 25, vector });
    },
  },
]);

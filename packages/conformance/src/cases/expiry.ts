import assert from "node:assert/strict";
import { checkReads } from "../check-reads.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleDay, sampleRecord, sampleRecords } from "../sample-record.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, listIds, put } from "../store-calls.ts";

const vector = sampleVector("query");

export const expiryCases: ConformanceCase[] = casesAbout("Expiry", [
  {
    name: "expired records take no place under the limit",
    proves: "A recall answers with as many records as are alive, however many have expired.",
    async run({ open }) {
      const storage = await open();
      const held = sampleRecords(200, (i) => ({
        content: "harbour",
        // The newer ones, which are also the nearest, have expired.
        createdAt: sampleDay(i),
        ...(i < 5 ? {} : { expiresAt: sampleDay(10), vector }),
      }));
      await put(storage, ...held);
      const filter = { visibleTo: "all", aliveAt: sampleDay(10) } as const;
      for (const limit of [3, 5, 10])
        await checkReads(storage, held, { filter, limit, vector, word: "harbour" });
    },
  },
  {
    name: "the same question asked as of other moments is answered for each",
    proves: "Nothing that a storage remembers of its answers outlives the records in them.",
    async run({ open }) {
      const storage = await open();
      const held = [9, 10, 11].map((day) =>
        sampleRecord({
          id: `until ${day}`,
          content: "harbour",
          scope: `/day/${day}`,
          categories: [`day ${day}`],
          expiresAt: sampleDay(day),
        }),
      );
      await put(storage, ...held, sampleRecord({ id: "for ever", content: "harbour" }));
      held.push(sampleRecord({ id: "for ever", content: "harbour" }));
      for (const day of [8, 9, 9.5, 10, 11, 10, 8]) {
        const filter = { visibleTo: "all", aliveAt: sampleDay(day) } as const;
        await checkReads(storage, held, { filter, limit: 5, vector, word: "harbour" });
      }
    },
  },
  {
    name: "remove(expiredAt) removes what has expired in every state, and what is alive stays",
    proves: "The sweep of expired records deletes nothing that a user could still see.",
    async run({ open }) {
      const storage = await open();
      await put(
        storage,
        sampleRecord({ id: "expired", expiresAt: sampleDay(1) }),
        sampleRecord({
          id: "expired history",
          expiresAt: sampleDay(2),
          supersededBy: "alive",
          supersededAt: sampleDay(1),
        }),
        sampleRecord({ id: "private", expiresAt: sampleDay(1), source: "a", private: true }),
        sampleRecord({ id: "alive", expiresAt: new Date(sampleDay(2).getTime() + 1) }),
        sampleRecord({ id: "for ever" }),
      );
      assert.equal(await storage.remove({ ...everything, expiredAt: sampleDay(2) }), 3);
      assert.equal(await storage.remove({ ...everything, expiredAt: sampleDay(2) }), 0);
      assert.deepEqual((await listIds(storage)).sort(), ["alive", "for ever"]);
    },
  },
]);

import assert from "node:assert/strict";
import { assertRecords, assertStored } from "../assert-records.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { sampleRecord } from "../sample-record.ts";
import { everything, getOne, put } from "../store-calls.ts";
import { type Given, roundTrip, texts } from "./round-trip.ts";

export const structuredRoundTripCases: ConformanceCase[] = casesAbout("Round trips", [
  {
    name: "categories come back in their order, with whatever characters they hold",
    proves: "Categories are a list of texts, not one text that is joined and split.",
    run: (context) =>
      roundTrip(context, [
        { categories: ["b", "a", "c"] },
        { categories: ["a,b", "a|b", "a;b", "a b", '"quoted"', "it's", "{x}", "back\\slash"] },
        { categories: ["", " ", "é", "e\u0301", "😀", "Case", "case"] },
        { categories: ["twice", "once", "twice"] },
        { categories: Array.from({ length: 100 }, (_, i) => `category ${99 - i}`) },
      ]),
  },
  {
    name: "metadata comes back with the types of all its values",
    proves:
      "A number does not become a string, nor null a missing key, on the way through a store.",
    run: (context) =>
      roundTrip(context, [
        { metadata: { text: "1", number: 1, yes: true, no: false, nothing: null } },
        { metadata: { float: 0.1, tiny: 5e-324, huge: 1.7976931348623157e308, negative: -1e-7 } },
        { metadata: { whole: 9007199254740991, zero: 0, date: "2026-01-01T00:00:00.000Z" } },
        { metadata: { list: [], mixed: [1, "1", true, null, [2], { three: 3 }], object: {} } },
        { metadata: Object.fromEntries(texts.map((text, i) => [`text ${i}`, text])) },
      ]),
  },
  {
    name: "metadata nested 60 levels deep comes back whole",
    proves: "Structured metadata is kept as deep as core accepts it.",
    run: (context) => {
      let metadata: Record<string, unknown> = { deepest: [1, 2, 3] };
      for (let level = 0; level < 60; level++) metadata = { level, below: metadata };
      return roundTrip(context, [{ metadata: metadata as Given["metadata"] & object }]);
    },
  },
  {
    name: "metadata keys come back as they were, whatever characters they hold",
    proves: "A key with a dot, a quote or a special name is a key like every other.",
    run: (context) =>
      roundTrip(context, [
        { metadata: { "a.b": 1, a: { b: 2 }, "a[0]": 3, $ref: 4, "": 5, " ": 6 } },
        { metadata: { 'double"quote': 1, "single'quote": 2, "back\\slash": 3, "new\nline": 4 } },
        { metadata: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') },
        { metadata: { é: 1, "e\u0301": 2, "😀": 3, Key: 4, key: 5, toString: 6, length: 7 } },
      ]),
  },
  {
    name: "what a caller changes after writing or reading does not reach the store",
    proves: "A store keeps its own copies: a shared array would rewrite memories behind its back.",
    async run({ open }) {
      const storage = await open();
      const given = sampleRecord({ id: "a", categories: ["one"], metadata: { list: [1] } });
      const before = structuredClone(given);
      await put(storage, given);
      spoil(given);
      assertStored(await getOne(storage, "a"), before);
      const found = await getOne(storage, "a");
      assert.ok(found);
      spoil(found);
      assertStored(await getOne(storage, "a"), before);
      for (const read of [
        () => storage.list({ filter: everything, limit: 1, offset: 0 }),
        async () =>
          (await storage.nearest({ vector: before.vector, filter: everything, limit: 1 })).map(
            ({ record }) => record,
          ),
      ]) {
        for (const record of await read()) spoil({ ...record, vector: new Float32Array(8) });
        assertRecords(await read(), [before]);
      }
    },
  },
]);

function spoil(record: Awaited<ReturnType<typeof getOne>> & object): void {
  (record.categories as string[]).push("spoilt");
  (record.metadata as Record<string, unknown>).spoilt = true;
  (record.metadata.list as unknown[]).push("spoilt");
  record.createdAt.setFullYear(1999);
  record.vector.fill(0);
}

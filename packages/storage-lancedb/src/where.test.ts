import { join } from "node:path";
import {
  type JsonValue,
  matchesFilter,
  newestFirst,
  parseScope,
  type RecordFilter,
  type StoredRecord,
} from "@unimem/core/storage";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openStore, sampleRecord, temporaryDirectory } from "./testing/sample-store.ts";
import { whereClause } from "./where.ts";

const hostile = [
  "'",
  "''",
  "\\",
  "%",
  "_",
  "a'b",
  "--",
  ";",
  '"',
  "`",
  "😀",
  "\uffee",
  "é",
  "\u0000",
  "a\nb",
  "{x}",
  "$1",
  "?",
];
const text = fc.oneof(
  fc.constantFrom(...hostile, "a", "b", "ab"),
  fc.string({ unit: "binary", maxLength: 4 }).filter((each) => each.isWellFormed()),
);
const scope = fc
  .array(fc.constantFrom("a", "ab", "a b", "a'", "a%", "a_", "😀", "\uffee", "0", "!", "~"), {
    maxLength: 3,
  })
  .map((segments) => parseScope(segments.join("/")));
const moment = fc.constantFrom(-5000, 0, 1, 1000, 1_700_000_000_000).map((ms) => new Date(ms));
const json: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(0, 1, 1.5, -2, true, false, null, "", "1", [], [1], {}, { a: 1 }),
  text,
);
const key = fc.oneof(fc.constantFrom("k", "l", "a.b", "__proto__", '"'), text);
const id = fc.oneof(
  fc.constantFrom("r1", "r2", "r3", "'); DROP", "x".repeat(500)),
  text.filter((each) => each !== ""),
);

const record: fc.Arbitrary<StoredRecord> = fc
  .record({
    id,
    scope,
    categories: fc.array(text, { maxLength: 3 }),
    metadata: fc
      .array(fc.tuple(key, json), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries)),
    createdAt: moment,
    updatedAt: moment,
    source: fc.option(text),
    private: fc.boolean(),
    superseded: fc.option(fc.record({ supersededBy: id, supersededAt: moment })),
    expiresAt: fc.option(moment),
  })
  .map(({ superseded, id: own, ...rest }) =>
    sampleRecord(own, { ...rest, ...(superseded ?? { supersededBy: null, supersededAt: null }) }),
  );

const bound = fc.oneof(fc.constantFrom<number | string>(0, 1, 1.5, "", "1"), text);
const operators = fc.record(
  {
    eq: json,
    ne: json,
    gt: bound,
    gte: bound,
    lt: bound,
    lte: bound,
    in: fc.array(json, { maxLength: 3 }),
    exists: fc.boolean(),
  },
  { requiredKeys: [] },
);
const filter: fc.Arbitrary<RecordFilter> = fc
  .tuple(
    fc.record({
      visibleTo: fc.oneof(fc.constantFrom("all", "public"), fc.record({ source: text })),
    }),
    fc.record(
      {
        scopes: fc.array(scope, { maxLength: 3 }),
        ids: fc.array(id, { maxLength: 4 }),
        sources: fc.array(text, { maxLength: 3 }),
        categories: fc.array(text, { maxLength: 3 }),
        metadata: fc
          .array(fc.tuple(key, operators), { maxLength: 2 })
          .map((entries) => Object.fromEntries(entries)),
        createdAfter: moment,
        createdBefore: moment,
        supersededBy: fc.array(id, { maxLength: 3 }),
        state: fc.constantFrom("current", "superseded", "any"),
        asOf: moment,
        aliveAt: moment,
        expiredAt: moment,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([required, optional]) => ({ ...required, ...optional }) as RecordFilter);

test("every filter admits exactly the records that core's definition admits", async () => {
  const uri = join(await temporaryDirectory(), "store");
  const store = await openStore({ uri });
  const known = new Map<string, StoredRecord>();
  const records = fc.sample(record, { numRuns: 400, seed: 7 });
  for (const each of records) if (!known.has(each.id)) known.set(each.id, each);
  await store.write({ put: [...known.values()], remove: [] });
  await fc.assert(
    fc.asyncProperty(filter, async (asked) => {
      const expected = [...known.values()].filter((each) => matchesFilter(each, asked));
      const found = await store.list({ filter: asked, limit: 1_000, offset: 0 });
      expect(found.map((each) => each.id)).toEqual(
        expected.sort(newestFirst).map((each) => each.id),
      );
      expect(await store.count(asked)).toBe(expected.length);
    }),
    { numRuns: 250 },
  );
});

test("a scope's range holds what is below it and nothing beside it", () => {
  const clause = whereClause({ visibleTo: "all", state: "any", scopes: [parseScope("/it's")] });
  expect(clause).toBe("(scope IN ('/it''s') OR (scope >= '/it''s/' AND scope < '/it''s0'))");
});

test("the root and an empty filter ask nothing, an empty list asks the impossible", () => {
  expect(whereClause({ visibleTo: "all", state: "any", scopes: [parseScope("/")] })).toBe("true");
  expect(whereClause({ visibleTo: "all", state: "any" })).toBe("true");
  expect(whereClause({ visibleTo: "all", state: "any", ids: [] })).toBe("false");
});

test("thousands of scopes make a condition that can be read", async () => {
  const store = await openStore({ uri: join(await temporaryDirectory(), "store") });
  await store.write({ put: [sampleRecord("deep", { scope: parseScope("/s1999/x") })], remove: [] });
  const scopes = Array.from({ length: 2_000 }, (_, i) => parseScope(`/s${i}`));
  expect(await store.count({ visibleTo: "all", scopes })).toBe(1);
});

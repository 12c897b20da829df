import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MemoryRecord } from "../domain/memory-record.ts";
import { matchesFilter, type RecordFilter } from "../domain/record-filter.ts";
import { parseScope, rootScope } from "../domain/scope.ts";
import { checkAnalysis } from "./check-analysis.ts";
import { narrowFilter } from "./narrow-filter.ts";

const answer = {
  queries: ["Who has the key?"],
  keywords: ["key"],
  scopes: ["/house"],
  complexity: "complex",
  from: "2026-03-28",
  until: "2026-03-29",
};

test("a good answer is taken as it is, its days as moments of the caller's time zone", () => {
  expect(checkAnalysis(answer, "Europe/Berlin", rootScope)).toEqual({
    queries: ["Who has the key?"],
    keywords: ["key"],
    scopes: ["/house"],
    complex: true,
    period: {
      name: "from 2026-03-28 to 2026-03-29",
      createdAfter: new Date("2026-03-27T23:00:00.000Z"),
      createdBefore: new Date("2026-03-29T22:00:00.000Z"), // the clocks have gone forward
    },
  });
});

describe("a period", () => {
  const periodOf = (from: unknown, until: unknown) =>
    checkAnalysis({ ...answer, from, until }, "UTC", rootScope)?.period;
  test("of one day is that day", () => {
    expect(periodOf("2026-01-02", "2026-01-02")).toMatchObject({
      createdAfter: new Date("2026-01-02"),
      createdBefore: new Date("2026-01-03"),
    });
  });
  test("may be open at either end", () => {
    const [since, until] = [periodOf("2026-01-02", null), periodOf(null, "2026-01-02")];
    expect(since).toEqual({ name: "from 2026-01-02", createdAfter: new Date("2026-01-02") });
    expect(until).toEqual({ name: "to 2026-01-02", createdBefore: new Date("2026-01-03") });
  });
  test.each([
    ["reversed", "2026-01-03", "2026-01-02"],
    ["with a day that does not exist", "2026-01-01", "2026-02-30"],
    ["with an end that is not said", "2026-01-01", undefined],
    ["with words for days", "last week", null],
    ["with numbers for days", 20260101, 20260102],
    ["open at both ends", null, null],
  ])("%s is none", (_, from, until) => {
    expect(periodOf(from, until)).toBeUndefined();
  });
});

test.each([
  ["nothing", undefined],
  ["a text", "queries"],
  ["a list", [answer]],
  ["no queries", { ...answer, queries: [] }],
  ["blank queries", { ...answer, queries: [" ", ""] }],
  ["queries that are no texts", { ...answer, queries: [1, null, {}, ["x"]] }],
  ["queries that are no list", { ...answer, queries: "Who has the key?" }],
  ["a query without end", { ...answer, queries: ["x".repeat(501)] }],
  ["half a surrogate pair", { ...answer, queries: ["\ud800"] }],
])("an answer with %s is unusable", (_, value) => {
  expect(checkAnalysis(value, "UTC", rootScope)).toBeUndefined();
});

test("what is too much, repeated or no place is left out", () => {
  const many = ["a", "b", " a ", "c", "d"];
  expect(
    checkAnalysis(
      {
        ...answer,
        queries: many,
        scopes: ["house//attic", "/a/../b", "/x\u0000", 7, "y".repeat(513)],
      },
      "UTC",
      rootScope,
    ),
  ).toMatchObject({ queries: ["a", "b", "c"], scopes: ["/house/attic"] });
});

test("scopes are relative to the root of the caller's view, and none of them leads out of it", () => {
  const scopes = ["/attic", "/", "/house/attic", "..", "/../office"];
  expect(checkAnalysis({ ...answer, scopes }, "UTC", parseScope("/house"))?.scopes).toEqual([
    "/house/attic",
    "/house",
    "/house/house/attic",
  ]);
});

// What follows is about every answer, and the worst ones most of all.
const scopes = ["/", "/a", "/a/b", "/a/bc", "/ab", "/c"].map((path) => parseScope(path));
const day = fc.integer({ min: 1, max: 9 }).map((day) => `2026-01-0${day}`);
const hostileScope = fc.constantFrom(
  ...scopes,
  "a//b/",
  "/a/..",
  "/a/../../c",
  "..",
  "/A",
  "\u0000",
  "",
);
const hostile = fc.oneof(
  fc.anything(),
  fc.record(
    {
      queries: fc.oneof(fc.constant(["q"]), fc.anything()),
      keywords: fc.anything(),
      scopes: fc.oneof(fc.array(fc.oneof(hostileScope, fc.anything())), fc.anything()),
      complexity: fc.anything(),
      from: fc.oneof(day, fc.constant(null), fc.anything()),
      until: fc.oneof(day, fc.constant(null), fc.anything()),
      visibleTo: fc.constant("all"),
      asOf: fc.date(),
      filter: fc.anything(),
    },
    { requiredKeys: [] },
  ),
);
const moment = fc
  .integer({ min: 0, max: 10 * 24 * 60 })
  .map((minute) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000));
const filter: fc.Arbitrary<RecordFilter> = fc.record(
  {
    visibleTo: fc.constantFrom("all" as const, "public" as const, { source: "me" }),
    scopes: fc.array(fc.constantFrom(...scopes), { maxLength: 3 }),
    createdAfter: moment,
    createdBefore: moment,
    categories: fc.constant(["x"]),
  },
  { requiredKeys: ["visibleTo"] },
);
const record = fc
  .record({
    scope: fc.constantFrom(...scopes),
    createdAt: moment,
    private: fc.boolean(),
    source: fc.constantFrom("me", "you", null),
    categories: fc.constantFrom([], ["x"]),
  })
  .map(
    (fields) =>
      ({ ...fields, metadata: {}, supersededAt: null, expiresAt: null }) as unknown as MemoryRecord,
  );

test("whatever a model answers, nothing outside the caller's filter is ever reached", () => {
  let narrowed = 0;
  fc.assert(
    fc.property(
      hostile,
      filter,
      fc.array(record, { minLength: 5, maxLength: 10 }),
      fc.constantFrom("UTC", "Asia/Tokyo", "America/St_Johns"),
      fc.constantFrom(...scopes),
      (answer, filter, records, zone, root) => {
        const analysis = checkAnalysis(answer, zone, root);
        if (analysis === undefined) return;
        expect(analysis.queries.length).toBeGreaterThan(0);
        expect(analysis.queries.length).toBeLessThanOrEqual(3);
        const own = narrowFilter(filter, analysis);
        for (const record of records)
          if (matchesFilter(record, own)) expect(matchesFilter(record, filter)).toBe(true);
          else if (matchesFilter(record, filter)) narrowed++;
      },
    ),
    { numRuns: 5000 },
  );
  expect(narrowed).toBeGreaterThan(20); // the property is not true for want of narrowing
});

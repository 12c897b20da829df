import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MemoryRecord } from "./memory-record.ts";
import { matchesFilter, type RecordFilter } from "./record-filter.ts";
import { parseScope } from "./scope.ts";

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const plain: MemoryRecord = {
  id: "a",
  content: "text",
  scope: parseScope("/team/alice"),
  categories: ["food", "home"],
  metadata: { year: 2026 },
  importance: 0.5,
  createdAt: day(10),
  updatedAt: day(10),
  lastAccessed: day(10),
  source: null,
  private: false,
  revision: 1,
  supersededBy: null,
  supersededAt: null,
  expiresAt: null,
};
const replaced: MemoryRecord = { ...plain, id: "b", supersededBy: "a", supersededAt: day(20) };
const secret: MemoryRecord = { ...plain, id: "c", source: "alice", private: true };
const everything: RecordFilter = { visibleTo: "all", state: "any" };

const someDay = fc.integer({ min: 1, max: 6 }).map(day);
const scope = fc
  .constantFrom("/", "/app", "/apple", "/app/x", "/app/x/y")
  .map((s) => parseScope(s));
const id = fc.constantFrom("a", "b", "c");
const source = fc.constantFrom("alice", "bob");
const record: fc.Arbitrary<MemoryRecord> = fc
  .record({
    id,
    scope,
    categories: fc.uniqueArray(fc.constantFrom("x", "y", "z")),
    metadata: fc.dictionary(fc.constantFrom("k", "l"), fc.integer({ min: 0, max: 2 })),
    createdAt: someDay,
    age: fc.integer({ min: 0, max: 2 }),
    source: fc.option(source),
    private: fc.boolean(),
    superseded: fc.option(fc.record({ supersededBy: id, supersededAt: someDay })),
    expiresAt: fc.option(someDay),
  })
  .map(({ age, superseded, ...given }) => ({
    ...plain,
    ...given,
    updatedAt: new Date(given.createdAt.getTime() + age * 24 * 60 * 60 * 1000),
    ...superseded,
  }));
const conditions = fc.record(
  {
    scopes: fc.array(scope, { maxLength: 2 }),
    ids: fc.array(id, { maxLength: 2 }),
    sources: fc.array(source, { maxLength: 2 }),
    categories: fc.array(fc.constantFrom("x", "y"), { maxLength: 2 }),
    metadata: fc.dictionary(fc.constantFrom("k", "l"), fc.constantFrom({ eq: 1 }, { gte: 1 })),
    createdAfter: someDay,
    createdBefore: someDay,
    supersededBy: fc.array(id, { maxLength: 2 }),
    state: fc.constantFrom("current", "superseded", "any"),
    asOf: someDay,
    aliveAt: someDay,
    expiredAt: someDay,
  },
  { requiredKeys: [] },
);

describe("matchesFilter", () => {
  test.each<[string, Partial<RecordFilter>, boolean]>([
    ["a scope that covers it", { scopes: [parseScope("/team")] }, true],
    ["a scope whose name merely begins alike", { scopes: [parseScope("/tea")] }, false],
    ["one of several scopes", { scopes: [parseScope("/x"), parseScope("/team/alice")] }, true],
    ["no scope at all", { scopes: [] }, false],
    ["its id", { ids: ["z", "a"] }, true],
    ["no id at all", { ids: [] }, false],
    ["a source, while it has none", { sources: ["alice"] }, false],
    ["no source at all", { sources: [] }, false],
    ["to be alive, while it never expires", { aliveAt: day(99) }, true],
    ["to have expired, while it never does", { expiredAt: day(99) }, false],
    ["one of its categories", { categories: ["work", "home"] }, true],
    ["a part of a category's name", { categories: ["hom"] }, false],
    ["no category at all", { categories: [] }, false],
    ["a condition on its metadata", { metadata: { year: { gte: 2026 } } }, true],
    [
      "two conditions of which one fails",
      { metadata: { year: { eq: 2026 }, x: { eq: 1 } } },
      false,
    ],
    ["no condition on metadata", { metadata: {} }, true],
    ["the moment it was created, as the first", { createdAfter: day(10) }, true],
    ["the moment it was created, as the end", { createdBefore: day(10) }, false],
    ["a later end", { createdBefore: day(11) }, true],
    ["what it was replaced by, while it is current", { supersededBy: ["a"] }, false],
  ])("asked for %s", (_, conditions, expected) => {
    expect(matchesFilter(plain, { visibleTo: "public", ...conditions })).toBe(expected);
  });

  test("shows current records unless another state is asked for", () => {
    const shown = (filter: Partial<RecordFilter>) =>
      [plain, replaced].filter((each) => matchesFilter(each, { visibleTo: "all", ...filter }));
    expect(shown({})).toEqual([plain]);
    expect(shown({ state: "current" })).toEqual([plain]);
    expect(shown({ state: "superseded" })).toEqual([replaced]);
    expect(shown({ state: "any" })).toEqual([plain, replaced]);
    expect(shown({ state: "any", supersededBy: ["a"] })).toEqual([replaced]);
    expect(shown({ state: "any", supersededBy: [] })).toEqual([]);
  });

  test("shows as of a moment what was current then, whatever the state asked for", () => {
    for (const state of ["current", "superseded", "any"] as const) {
      const shown = (asOf: Date) => matchesFilter(replaced, { visibleTo: "all", state, asOf });
      expect([day(9), day(10), day(19), day(20), day(21)].map(shown)).toEqual([
        false,
        true,
        true,
        false,
        false,
      ]);
    }
  });

  test("splits records at the moment they expire, in every state and as of every moment", () => {
    for (const each of [plain, replaced])
      for (const time of [{ state: "any" }, { asOf: day(15) }] as const) {
        const mortal = { ...each, expiresAt: day(20) };
        const holds = (filter: Partial<RecordFilter>) =>
          matchesFilter(mortal, { visibleTo: "all", ...time, ...filter });
        const moments = [-1, 0, 1].map((ms) => new Date(+day(20) + ms));
        expect(moments.map((aliveAt) => holds({ aliveAt }))).toEqual([true, false, false]);
        expect(moments.map((expiredAt) => holds({ expiredAt }))).toEqual([false, true, true]);
      }
  });

  test("finds what came from one of the sources, and does not show what is private", () => {
    const found = (sources: string[], visibleTo: RecordFilter["visibleTo"] = "all") =>
      [plain, secret, { ...secret, id: "d", private: false }]
        .filter((each) => matchesFilter(each, { visibleTo, sources }))
        .map(({ id }) => id);
    expect(found(["alice", "bob"])).toEqual(["c", "d"]);
    expect(found(["Alice", "null", ""])).toEqual([]);
    expect(found(["alice"], "public")).toEqual(["d"]);
  });

  test("shows private records to their own source only", () => {
    const shownTo = (visibleTo: RecordFilter["visibleTo"], each: MemoryRecord) =>
      matchesFilter(each, { visibleTo });
    expect(shownTo("public", secret)).toBe(false);
    expect(shownTo({ source: "bob" }, secret)).toBe(false);
    expect(shownTo({ source: "alice" }, secret)).toBe(true);
    expect(shownTo("all", secret)).toBe(true);
    expect(shownTo({ source: "bob" }, { ...secret, private: false })).toBe(true);
    expect(shownTo({ source: "bob" }, plain)).toBe(true);
  });

  test("holds exactly where each of its conditions holds alone", () => {
    const visibleTo = fc.oneof(
      fc.constantFrom("all" as const, "public" as const),
      source.map((source) => ({ source })),
    );
    fc.assert(
      fc.property(record, visibleTo, conditions, (record, visibleTo, given) => {
        const { asOf, state, ...rest } = given;
        const time: Partial<RecordFilter> = asOf ? { asOf } : { state: state ?? "current" };
        const alone = [
          { visibleTo },
          time,
          ...Object.entries(rest).map(([name, value]) => ({ [name]: value })),
        ];
        const expected = alone.every((one) => matchesFilter(record, { ...everything, ...one }));
        expect(matchesFilter(record, { visibleTo, ...given } as RecordFilter)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("takes a list of scopes, ids, sources or categories as any of them", () => {
    fc.assert(
      fc.property(record, conditions, (record, given) => {
        const { scopes = [], ids = [], sources = [], categories = [] } = given;
        for (const [name, list] of Object.entries({ scopes, ids, sources, categories })) {
          const any = list.some((each) => matchesFilter(record, { ...everything, [name]: [each] }));
          expect(matchesFilter(record, { ...everything, [name]: list })).toBe(any);
        }
      }),
    );
  });

  test("splits all records into current and superseded ones", () => {
    fc.assert(
      fc.property(record, (record) => {
        const states = (["current", "superseded"] as const).filter((state) =>
          matchesFilter(record, { visibleTo: "all", state }),
        );
        expect(states).toEqual([record.supersededAt === null ? "current" : "superseded"]);
        expect(matchesFilter(record, everything)).toBe(true);
      }),
    );
  });
});

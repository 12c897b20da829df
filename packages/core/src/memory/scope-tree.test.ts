import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseScope, type Scope, scopeSegments } from "../domain/scope.ts";
import type { ScopeSummary } from "../storage/storage-backend.ts";
import { childScopes, renderTree, scopeInfo } from "./scope-tree.ts";

/** One record, as far as a tree is concerned: where it lies and when it was made. */
type Place = { readonly segments: readonly string[]; readonly day: number };

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const toScope = (segments: readonly string[]) => parseScope(segments.join("/"));
const under = (outer: readonly string[], inner: readonly string[]) =>
  outer.every((each, i) => inner[i] === each);

function summariesOf(places: readonly Place[]): ScopeSummary[] {
  const byScope = Map.groupBy(places, ({ segments }) => toScope(segments));
  return [...byScope].map(([scope, inside]) => ({
    scope,
    count: inside.length,
    oldest: day(Math.min(...inside.map((place) => place.day))),
    newest: day(Math.max(...inside.map((place) => place.day))),
  }));
}

function compareSegments(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i] ?? "", b[i] ?? ""];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Every scope at or below `path` that a record lies in or under, outermost first. */
function scopesUnder(places: readonly Place[], path: readonly string[]): string[][] {
  const prefixes = places
    .filter(({ segments }) => under(path, segments))
    .flatMap(({ segments }) => segments.map((_, i) => segments.slice(0, i + 1)))
    .filter((segments) => segments.length > path.length);
  const distinct = new Map(prefixes.map((segments) => [segments.join("/"), segments]));
  return [[...path], ...[...distinct.values()].sort(compareSegments)];
}

const segments = fc.array(fc.constantFrom("app", "apple", "app-2", "é", "B"), { maxLength: 4 });
const places = fc.array(fc.record({ segments, day: fc.integer({ min: 1, max: 28 }) }));

describe("renderTree", () => {
  test("shows counts below, children in order, and stops at the depth", () => {
    const at = (path: string, count: number) => ({
      scope: parseScope(path),
      count,
      oldest: day(1),
      newest: day(1),
    });
    const summaries = [at("/b/x/y", 1), at("/", 2), at("/a", 1), at("/b", 3), at("/b/x", 1)];
    expect(renderTree(summaries, parseScope("/"), 2)).toBe(
      ["/ (8 records)", "  /a (1 record)", "  /b (5 records)", "    /b/x (2 records)"].join("\n"),
    );
    expect(renderTree(summaries, parseScope("/b/x"), 0)).toBe("/b/x (2 records)");
    expect(renderTree([], parseScope("/none"), 3)).toBe("/none (0 records)");
  });

  test("looks at each of many siblings a few times, not once for each other", () => {
    let looks = 0;
    const summaries = Array.from({ length: 300 }, (_, i) => ({
      get scope() {
        looks++;
        return parseScope(`/users/u${i}`);
      },
      count: 1,
      oldest: day(1),
      newest: day(1),
    }));
    expect(renderTree(summaries, parseScope("/"), 3)).toContain("/users (300 records)");
    expect(looks).toBeLessThan(300 * 10);
  });

  test("has a line for each scope with its records, as counting them one by one finds", () => {
    fc.assert(
      fc.property(places, segments, fc.integer({ min: 0, max: 5 }), (places, path, maxDepth) => {
        const lines = scopesUnder(places, path)
          .filter((each) => each.length - path.length <= maxDepth)
          .map((each) => {
            const count = places.filter(({ segments }) => under(each, segments)).length;
            const indent = "  ".repeat(each.length - path.length);
            return `${indent}${toScope(each)} (${count} ${count === 1 ? "record" : "records"})`;
          });
        expect(renderTree(summariesOf(places), toScope(path), maxDepth)).toBe(lines.join("\n"));
      }),
      { numRuns: 300 },
    );
  });
});

describe("childScopes", () => {
  test("are the distinct scopes one step down that lead to a record, in order", () => {
    fc.assert(
      fc.property(places, segments, (places, path) => {
        const expected = scopesUnder(places, path).filter(
          (each) => each.length === path.length + 1,
        );
        expect(childScopes(summariesOf(places), toScope(path))).toEqual(expected.map(toScope));
      }),
      { numRuns: 300 },
    );
  });
});

describe("scopeInfo", () => {
  test("counts and dates what lies in the scope and below it, and nothing else", () => {
    fc.assert(
      fc.property(places, segments, (places, path) => {
        const days = places.filter(({ segments }) => under(path, segments)).map(({ day }) => day);
        const scope: Scope = toScope(path);
        expect(scopeInfo(summariesOf(places), new Map(), scope)).toEqual({
          path: scope,
          recordCount: days.length,
          categories: [],
          oldestRecord: days.length === 0 ? null : day(Math.min(...days)),
          newestRecord: days.length === 0 ? null : day(Math.max(...days)),
          childScopes: childScopes(summariesOf(places), scope),
        });
        expect(scopeSegments(scope)).toEqual(path);
      }),
      { numRuns: 300 },
    );
  });

  test("names the most frequent categories first, equals by name", () => {
    const counts = new Map([
      ["b", 1],
      ["often", 7],
      ["a", 1],
      ["sometimes", 3],
    ]);
    const { categories } = scopeInfo([], counts, parseScope("/"));
    expect(categories).toEqual(["often", "sometimes", "a", "b"]);
  });
});

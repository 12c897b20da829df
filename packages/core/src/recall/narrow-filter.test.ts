import { describe, expect, test } from "vitest";
import { parseScope } from "../domain/scope.ts";
import { narrowFilter } from "./narrow-filter.ts";

const places = (...paths: string[]) => paths.map((path) => parseScope(path));
const on = (day: number) => new Date(Date.UTC(2026, 0, day));

describe("scopes", () => {
  test.each([
    ["below the caller's", ["/a"], ["/a/b", "/a/c"], ["/a/b", "/a/c"]],
    ["above it", ["/a/b"], ["/a"], ["/a/b"]],
    ["in part beside it", ["/a"], ["/c", "/a/b"], ["/a/b"]],
    ["beside it alone: the caller's stays", ["/a"], ["/ab", "/c"], ["/a"]],
    ["for a caller without one", undefined, ["/a"], ["/a"]],
    ["for a caller with several", ["/a", "/c"], ["/a/b", "/c"], ["/a/b", "/c"]],
    ["of which one holds the other", ["/a"], ["/a/b", "/a/b/c"], ["/a/b"]],
    ["everywhere", ["/a"], ["/"], ["/a"]],
    ["for a caller who sees nothing", [], ["/a"], []],
    ["not given", ["/a"], [], ["/a"]],
  ])("%s", (_, own, suggested, expected) => {
    const filter = { visibleTo: "public" as const, ...(own && { scopes: places(...own) }) };
    const narrowed = narrowFilter(filter, { scopes: places(...suggested), period: undefined });
    expect(narrowed).toEqual({ visibleTo: "public", scopes: places(...expected) });
  });
});

describe("a period", () => {
  test.each([
    ["within the caller's", [1, 9], [3, 5], [3, 5]],
    ["around it", [3, 5], [1, 9], [3, 5]],
    ["that overlaps it", [3, 9], [1, 5], [3, 5]],
    ["that only touches it: the caller's stays", [5, 9], [1, 5], [5, 9]],
    ["apart from it: the caller's stays", [1, 3], [5, 9], [1, 3]],
  ])("%s", (_, own, asked, expected) => {
    const periodOf = ([after = 0, before = 0]: number[]) => ({
      createdAfter: on(after),
      createdBefore: on(before),
    });
    const filter = { visibleTo: "all" as const, ...periodOf(own) };
    expect(narrowFilter(filter, { scopes: [], period: periodOf(asked) })).toEqual({
      visibleTo: "all",
      ...periodOf(expected),
    });
  });

  test("that is open keeps the caller's end", () => {
    const filter = { visibleTo: "all" as const, createdBefore: on(9) };
    const period = { createdAfter: on(3) };
    expect(narrowFilter(filter, { scopes: [], period })).toEqual({
      visibleTo: "all",
      createdAfter: on(3),
      createdBefore: on(9),
    });
  });
});

test("every other condition of the caller stays", () => {
  const filter = { visibleTo: { source: "me" }, categories: ["x"], ids: ["1"], asOf: on(4) };
  expect(narrowFilter(filter, { scopes: places("/a"), period: undefined })).toEqual({
    ...filter,
    scopes: places("/a"),
  });
});

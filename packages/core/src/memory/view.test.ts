import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covers, joinScopes, parseScope, rootScope } from "../domain/scope.ts";
import {
  assertWritable,
  boundView,
  scopeView,
  selectedFilter,
  sliceView,
  type View,
  visibleFilter,
} from "./view.ts";

const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });
const everything: View = {
  root: rootScope,
  scopes: [rootScope],
  inferScope: true,
  source: undefined,
  readOnly: false,
};
const scopesOf = (...paths: string[]) => paths.map((path) => parseScope(path));
const slice = (view: View, ...paths: string[]) =>
  sliceView(view, { scopes: scopesOf(...paths), readOnly: true });

describe("the filter of a view", () => {
  test("leaves out what restricts nothing", () => {
    expect(visibleFilter(everything, {})).toEqual({ visibleTo: "public" });
    expect(selectedFilter(everything, {})).toEqual({ visibleTo: "public" });
  });

  test("is relative to the view's root, whatever a call asks for", () => {
    const team = scopeView(everything, parseScope("/team"), undefined);
    expect(visibleFilter(team, {}).scopes).toEqual(["/team"]);
    expect(selectedFilter(team, { scope: parseScope("/team") }).scopes).toEqual(["/team/team"]);
    const ada = scopeView(team, parseScope("ada"), undefined);
    expect(selectedFilter(ada, { ids: ["x"] })).toEqual({
      ids: ["x"],
      scopes: ["/team/ada"],
      visibleTo: "public",
    });
  });

  test("of a slice is the part of its scopes that a call asks for, and none where they do not reach", () => {
    const view = slice(everything, "/a", "/a/b", "/c/d", "/a", "/apple");
    const at = (path: string) => visibleFilter(view, {}, parseScope(path)).scopes;
    expect(at("/")).toEqual(["/a", "/c/d", "/apple"]);
    expect(at("/a/b/c")).toEqual(["/a/b/c"]);
    expect(at("/c")).toEqual(["/c/d"]);
    expect(at("/app")).toEqual([]);
  });

  test("of a slice of a scope lies in that scope", () => {
    const team = scopeView(everything, parseScope("/team"), undefined);
    expect(visibleFilter(slice(team, "/a", "/"), {}).scopes).toEqual(["/team"]);
    expect(visibleFilter(slice(team, "/a", "/team"), {}).scopes).toEqual(["/team/a", "/team/team"]);
  });

  test("never reaches further than the view, and as far as the path asks", () => {
    const paths = fc.constantFrom("/", "/a", "/a/b", "/a/b/c", "/ab", "/b", "/b/a");
    const scope = paths.map((path) => parseScope(path));
    fc.assert(
      fc.property(
        fc.array(scope, { minLength: 1 }),
        scope,
        scope,
        scope,
        (scopes, root, path, any) => {
          const base = scopeView(everything, root, undefined);
          const view = sliceView(base, { scopes, readOnly: true });
          const found = visibleFilter(view, {}, path).scopes;
          const isFound = found === undefined || found.some((each) => covers(each, any));
          const isAsked = covers(joinScopes(root, path), any);
          const isInside = scopes.some((each) => covers(joinScopes(root, each), any));
          expect(isFound).toBe(isAsked && isInside);
        },
      ),
    );
  });

  test("selects the view's categories where the call names none", () => {
    const view = sliceView(everything, {
      scopes: scopesOf("/a"),
      categories: ["plan"],
      readOnly: true,
    });
    expect(selectedFilter(view, {}).categories).toEqual(["plan"]);
    expect(selectedFilter(view, { categories: ["risk"] }).categories).toEqual(["risk"]);
    expect(visibleFilter(view, {})).not.toHaveProperty("categories");
  });
});

describe("who sees a view", () => {
  test("is the public, one source or everybody, as the call says", () => {
    const seenBy = (who: object) => visibleFilter(everything, who).visibleTo;
    expect([seenBy({}), seenBy({ includePrivate: false })]).toEqual(["public", "public"]);
    expect(seenBy({ source: "ada" })).toEqual({ source: "ada" });
    expect(seenBy({ source: "ada", includePrivate: false })).toEqual({ source: "ada" });
    expect(seenBy({ source: "ada", includePrivate: true })).toBe("all");
  });

  test("is the principal alone where the view is bound, and whoever else is named is refused", () => {
    const bound = boundView(everything, "ada");
    const own = { visibleTo: { source: "ada" } };
    for (const who of [{}, { source: "ada" }, { includePrivate: false }])
      expect(visibleFilter(bound, who)).toEqual(own);
    expect(() => visibleFilter(bound, { source: "bob" })).toThrow(refused("source"));
    expect(() => visibleFilter(bound, { includePrivate: true })).toThrow(refused("includePrivate"));
    expect(() => visibleFilter(bound, { source: "ada", includePrivate: true })).toThrow(
      refused("includePrivate"),
    );
  });

  test("stays bound in every view that is made from it", () => {
    const bound = boundView(everything, "ada");
    const scope = scopeView(bound, parseScope("/x"), undefined);
    for (const view of [scope, slice(bound, "/x"), slice(scope, "/y"), boundView(scope, "ada")])
      expect(view.source).toBe("ada");
    expect(() => boundView(scope, "bob")).toThrow(refused("source"));
  });
});

describe("a view that only reads", () => {
  test("makes views that only read, and refuses to make others", () => {
    const reading = scopeView(everything, parseScope("/x"), true);
    expect(scopeView(reading, rootScope, undefined).readOnly).toBe(true);
    expect(boundView(reading, "ada").readOnly).toBe(true);
    expect(() => scopeView(reading, rootScope, false)).toThrow(refused("readOnly"));
    const writing = { scopes: scopesOf("/a"), readOnly: false };
    expect(() => sliceView(reading, writing)).toThrow(refused("readOnly"));
  });

  test("is not writable", () => {
    expect(() => assertWritable({ readOnly: true })).toThrow(
      expect.objectContaining({ code: "READ_ONLY" }),
    );
    expect(assertWritable({ readOnly: false })).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "./memory-error.ts";
import {
  covers,
  joinScopes,
  maxScopeLength,
  parseScope,
  rootScope,
  sanitizeScopeName,
  scopeSegments,
} from "./scope.ts";

const refused = expect.objectContaining({ code: "INVALID_INPUT" });

/** Paths made of what parsers stumble over: slashes, dots, combining marks, half pairs, control characters. */
const trickyPath = fc.oneof(
  fc.string({
    unit: fc.constantFrom("/", ".", "a", "B", "é", "e\u0301", "\u0301", "\ud800", "\udc00", "\n"),
  }),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("/", "ab"), minLength: 200, maxLength: 600 }),
);
const legalSegment = fc.constantFrom(
  "a",
  "ab",
  "app",
  "apple",
  "é",
  "...",
  " ",
  "日本",
  "😀",
  "%2e",
);
const legalSegments = fc.array(legalSegment, { maxLength: 5 });
const legalScope = legalSegments.map((segments) => parseScope(segments.join("/")));

function parsedOrRefused(path: string) {
  try {
    return parseScope(path);
  } catch (error) {
    if (isMemoryError(error, "INVALID_INPUT")) return undefined;
    throw error;
  }
}

describe("parseScope", () => {
  test.each([
    ["", "/"],
    ["/", "/"],
    ["///", "/"],
    ["crew//x/", "/crew/x"],
    ["team/alice", "/team/alice"],
    ["/cafe\u0301", "/caf\u00e9"],
    ["/...", "/..."],
    ["/a b", "/a b"],
  ])("normalises %j to %j", (path, scope) => {
    expect(parseScope(path)).toBe(scope);
  });

  test.each(
    [
      [".", "..", "/a/./b", "a/..", "/../etc", "\ud800", "/a\udc00b", "a\u0000", "/a\nb", "\u0085"],
      [undefined, null, 7, {}, ["/a"]],
    ].flat(),
  )("refuses %j and names the field", (path) => {
    expect(() => parseScope(path, "place")).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", details: { field: "place" } }),
    );
  });

  test("takes 512 characters in normal form and refuses 513", () => {
    const longest = `/${"x".repeat(maxScopeLength - 1)}`;
    expect(parseScope(`//${longest}/`)).toBe(longest);
    expect(() => parseScope(`${longest}x`)).toThrow(refused);
    expect(parseScope("e\u0301".repeat(maxScopeLength - 1))).toHaveLength(maxScopeLength);
  });

  test("gives one normal form, or refuses with INVALID_INPUT, whatever the path", () => {
    fc.assert(
      fc.property(trickyPath, (path) => {
        const scope = parsedOrRefused(path);
        if (scope === undefined) return;
        expect(parseScope(scope)).toBe(scope);
        expect(scope).toBe(scope.normalize("NFC"));
        expect(scope.length).toBeLessThanOrEqual(maxScopeLength);
        expect(`/${scopeSegments(scope).join("/")}`).toBe(scope);
        for (const segment of scopeSegments(scope)) {
          expect(["", ".", ".."]).not.toContain(segment);
          expect(segment).not.toMatch(/\p{Cc}|\p{Cs}|\//u);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("keeps legal segments as they are", () => {
    fc.assert(
      fc.property(legalSegments, (segments) => {
        expect(scopeSegments(parseScope(segments.join("/")))).toEqual(segments);
      }),
    );
  });

  test("says nothing of the refused path in its message", () => {
    for (const path of ["canary/..", "canary\u0000", "\ud800canary", "canary".repeat(100)])
      expect(() => parseScope(path)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("canary") }),
      );
  });
});

describe("covers", () => {
  test("means whole segments only", () => {
    expect(covers(parseScope("/app"), parseScope("/apple"))).toBe(false);
    expect(covers(parseScope("/app"), parseScope("/app"))).toBe(true);
    expect(covers(parseScope("/app"), parseScope("/app/le"))).toBe(true);
    expect(covers(rootScope, parseScope("/apple"))).toBe(true);
    expect(covers(parseScope("/apple"), rootScope)).toBe(false);
  });

  test("agrees with comparing lists of segments", () => {
    fc.assert(
      fc.property(legalScope, legalScope, (outer, inner) => {
        const inside = scopeSegments(outer).every((each, i) => scopeSegments(inner)[i] === each);
        expect(covers(outer, inner)).toBe(inside);
      }),
      { numRuns: 500 },
    );
  });
});

describe("joinScopes", () => {
  test("never leaves its root", () => {
    fc.assert(
      fc.property(legalScope, trickyPath, (root, path) => {
        if (parsedOrRefused(path) === undefined) {
          expect(() => joinScopes(root, path)).toThrow(refused);
          return;
        }
        const joined = parsedOrRefused(`${root}/${path}`);
        if (joined === undefined) return; // too long together
        expect(joinScopes(root, path)).toBe(joined);
        expect(covers(root, joined)).toBe(true);
        expect(scopeSegments(joined)).toEqual([
          ...scopeSegments(root),
          ...scopeSegments(parseScope(path)),
        ]);
      }),
      { numRuns: 500 },
    );
  });

  test("refuses to climb", () => {
    expect(() => joinScopes("/team", "../other")).toThrow(refused);
    expect(joinScopes("/team", "/other")).toBe("/team/other");
  });
});

describe("sanitizeScopeName", () => {
  test.each([
    ["Alice Smith", "alice-smith"],
    ["../../etc/passwd", "etc-passwd"],
    ["  --a--  ", "a"],
    ["Ünï/cødé", "ünï-cødé"],
    ["日本 語", "日本-語"],
    ["snake_case", "snake_case"],
    ["!!!", "unknown"],
    ["", "unknown"],
    ["\ud800", "unknown"],
    ["x".repeat(100), "x".repeat(64)],
  ])("makes of %j the segment %j", (name, segment) => {
    expect(sanitizeScopeName(name)).toBe(segment);
  });

  test("gives one legal segment of at most 64 code points, whatever the name, and keeps it", () => {
    const name = fc.oneof(
      trickyPath,
      fc.string({ unit: "grapheme", minLength: 50, maxLength: 90 }),
      fc.string({ unit: fc.constantFrom("-", "İ", "Σ", "ﬁ", "\u0344", "\u0323", "ẞ", "¨", "x") }),
    );
    fc.assert(
      fc.property(name, (name) => {
        const segment = sanitizeScopeName(name);
        expect(parseScope(segment)).toBe(`/${segment}`);
        expect([...segment].length).toBeLessThanOrEqual(64);
        expect(segment).toMatch(/^[\p{L}\p{M}\p{N}_-]+$/u);
        expect(sanitizeScopeName(segment)).toBe(segment);
      }),
      { numRuns: 1000 },
    );
  });
});

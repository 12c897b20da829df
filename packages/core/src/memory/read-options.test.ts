import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "../domain/memory-error.ts";
import {
  parseCountOptions,
  parseForgetFilter,
  parseListOptions,
  parseReadOptions,
  parseRecallOptions,
  parseTreeOptions,
} from "./read-options.ts";

const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });
const day = new Date("2026-01-01T00:00:00.000Z");
const parsers = {
  parseCountOptions,
  parseForgetFilter,
  parseListOptions,
  parseReadOptions,
  parseRecallOptions,
  parseTreeOptions,
};

const selection = {
  source: "alice",
  includePrivate: true,
  categories: ["food"],
  metadata: { team: "core", year: { gte: 2024 }, gone: undefined },
  createdAfter: day,
  createdBefore: day,
};
const parsedSelection = {
  ...selection,
  metadata: { team: { eq: "core" }, year: { gte: 2024 } },
};

describe("the options of reads", () => {
  test("are parsed by what each verb takes", () => {
    const { signal } = new AbortController();
    expect(parseReadOptions({ source: "alice", includePrivate: false })).toEqual({
      source: "alice",
      includePrivate: false,
    });
    expect(parseCountOptions({ ...selection, asOf: day })).toEqual({
      ...parsedSelection,
      asOf: day,
    });
    expect(parseTreeOptions({ source: "alice", maxDepth: 0 })).toEqual({
      source: "alice",
      maxDepth: 0,
    });
    const list = { asOf: day, limit: 10_000, offset: 3 };
    expect(parseListOptions({ ...selection, ...list, scope: "a/" })).toEqual({
      ...parsedSelection,
      ...list,
      scope: "/a",
    });
    const recall = { asOf: day, limit: 1000, depth: "shallow", signal };
    expect(parseRecallOptions({ ...selection, ...recall })).toEqual({
      ...parsedSelection,
      ...recall,
    });
  });

  test.each(Object.entries(parsers))("%s refuses keys that it does not know", (name, parse) => {
    const what = name === "parseForgetFilter" ? "filter" : "options";
    for (const key of ["scopes", "category", "visibleTo", "state", "agentRole"])
      expect(() => parse({ [key]: "x" })).toThrow(refused(what));
  });

  test.each([
    ["options", parseReadOptions, { scope: "/" }],
    ["options", parseCountOptions, { scope: "/" }],
    ["options", parseCountOptions, { limit: 1 }],
    ["options", parseListOptions, { depth: "deep" }],
    ["options", parseRecallOptions, { offset: 1 }],
    ["options", parseRecallOptions, { ids: ["a"] }],
    ["filter", parseForgetFilter, { offset: 1 }],
    ["limit", parseListOptions, { limit: 10_001 }],
    ["limit", parseListOptions, { limit: 0 }],
    ["limit", parseRecallOptions, { limit: 1001 }],
    ["offset", parseListOptions, { offset: -1 }],
    ["maxDepth", parseTreeOptions, { maxDepth: -1 }],
    ["options", parseTreeOptions, { limit: 1 }],
    ["depth", parseRecallOptions, { depth: "middle" }],
    ["signal", parseRecallOptions, { signal: {} }],
    ["source", parseReadOptions, { source: "" }],
    ["includePrivate", parseReadOptions, { includePrivate: "yes" }],
    ["metadata", parseListOptions, { metadata: [] }],
    ["ids", parseForgetFilter, { ids: "a" }],
    ["createdAfter", parseListOptions, { createdAfter: "2026-01-01" }],
  ])("refuse, naming %s, what does not belong", (field, parse, options) => {
    expect(() => parse(options)).toThrow(refused(field));
  });

  test("are parsed or refused, whatever they are, with nothing of them in the message", () => {
    const key = fc.constantFrom(
      "scope",
      "source",
      "metadata",
      "categories",
      "ids",
      "limit",
      "asOf",
    );
    const canary = fc.constantFrom("canary/..", "canary\ud800", ["canary", 0], {
      canary: undefined,
    });
    const metadata = fc.constantFrom({ canary: { canary: 1 } }, { canary: { in: "canary" } });
    const options = fc.dictionary(key, fc.oneof(fc.anything(), canary, metadata), { maxKeys: 2 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(parsers)), options, (parse, options) => {
        try {
          parse(options);
        } catch (error) {
          if (!isMemoryError(error, "INVALID_INPUT")) throw error;
          expect(error.message).not.toContain("canary");
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("parseForgetFilter", () => {
  test("takes one condition or more", () => {
    expect(parseForgetFilter({ scope: "a" })).toEqual({ scope: "/a" });
    expect(parseForgetFilter({ ids: ["a", "a"], source: "alice" })).toEqual({
      ids: ["a"],
      source: "alice",
    });
    expect(parseForgetFilter({ createdBefore: day, includePrivate: true })).toEqual({
      createdBefore: day,
      includePrivate: true,
    });
    expect(parseForgetFilter({ categories: [] })).toEqual({ categories: [] });
  });

  test.each([
    [undefined],
    [{}],
    [{ scope: undefined, ids: undefined }],
    [{ source: "alice" }],
    [{ includePrivate: true }],
    [{ metadata: {} }],
    [{ metadata: { team: undefined } }],
  ])("refuses %j, which says nothing of what to delete", (filter) => {
    expect(() => parseForgetFilter(filter)).toThrow(refused("filter"));
  });
});

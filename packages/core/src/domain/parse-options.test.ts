import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "./memory-error.ts";
import {
  parseBoolean,
  parseDate,
  parseFraction,
  parseLimit,
  parseNatural,
  parseOneOf,
  parseOptions,
  parsePositive,
  parseSignal,
  parseText,
  parseTexts,
} from "./parse-options.ts";

const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });
const anything = fc.anything({ withDate: true, withSparseArray: true, withBigInt: true });

describe("parseOptions", () => {
  const parsers = { name: parseText, limit: parseNatural };

  test("reads each key with its parser and tells the parser the key", () => {
    expect(parseOptions({ name: "x", limit: 3 }, parsers, "options")).toEqual({
      name: "x",
      limit: 3,
    });
    expect(() => parseOptions({ limit: -1 }, parsers, "options")).toThrow(refused("limit"));
  });

  test("reads no options, and keys that are undefined, as absent", () => {
    expect(parseOptions(undefined, parsers, "options")).toEqual({});
    const parsed = parseOptions({ name: undefined, limit: 0 }, parsers, "options");
    expect(Object.entries(parsed)).toEqual([["limit", 0]]);
    expect(parseOptions({ other: undefined }, parsers, "options")).toEqual({});
  });

  test.each([[null], ["text"], [7], [[]], [new Date(0)], [new Map()], [() => 1]])(
    "refuses %o, which is no options object",
    (value) => {
      expect(() => parseOptions(value, parsers, "options")).toThrow(refused("options"));
    },
  );

  test("refuses every key that it does not know", () => {
    const key = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("__proto__", "constructor", "toString", "Name", "limit "),
    );
    fc.assert(
      fc.property(
        key.filter((key) => !Object.hasOwn(parsers, key)),
        (key) => {
          const options = Object.fromEntries([
            ["name", "x"],
            [key, 1],
          ]);
          expect(() => parseOptions(options, parsers, "options")).toThrow(refused("options"));
        },
      ),
    );
  });

  test("names the key that it does not know and those that it knows, not the value", () => {
    expect(() => parseOptions({ naem: "canary" }, parsers, "options")).toThrow(
      expect.objectContaining({
        message: 'options has an unknown key "naem". Known: name, limit.',
      }),
    );
  });

  test("refuses what throws when it is read, without what it threw", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const throwing = {
      get name(): never {
        throw new Error("canary");
      },
    };
    for (const options of [proxy, throwing])
      expect(() => parseOptions(options, parsers, "options")).toThrow(refused("options"));
  });

  test("parses or refuses, whatever it is given", () => {
    const all = {
      text: parseText,
      texts: parseTexts,
      boolean: parseBoolean,
      fraction: parseFraction,
      positive: parsePositive,
      natural: parseNatural,
      limit: parseLimit,
      date: parseDate,
      signal: parseSignal,
      one: parseOneOf(["a", "b"]),
    };
    const options = fc.dictionary(fc.constantFrom(...Object.keys(all), "other"), anything);
    fc.assert(
      fc.property(fc.oneof(anything, options), (options) => {
        try {
          const parsed = parseOptions(options, all, "options");
          expect(parseOptions(parsed, all, "options")).toEqual(parsed);
        } catch (error) {
          if (!isMemoryError(error, "INVALID_INPUT")) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("the parsers of single values", () => {
  type Case = readonly [
    parse: (value: unknown, field: string) => unknown,
    taken: readonly unknown[],
    wrong: readonly unknown[],
  ];
  const half = String.fromCharCode(0xd800);
  const cases: Record<string, Case> = {
    parseText: [parseText, ["a", " a ", "\u0000"], ["", " \n\t", half, 1, null, ["a"]]],
    parseTexts: [
      parseTexts,
      [[], ["a", "b"]],
      ["a", [1], ["a", ""], [half], null, { 0: "a" }, Array(1)],
    ],
    parseBoolean: [parseBoolean, [true, false], [0, 1, "true", null]],
    parseFraction: [parseFraction, [0, 1, 0.5], [-0.1, 1.1, Number.NaN, "0.5", null, 1n]],
    parsePositive: [
      parsePositive,
      [1e-9, 1, Number.MAX_VALUE],
      [0, -1, Number.POSITIVE_INFINITY, Number.NaN, "1"],
    ],
    parseNatural: [parseNatural, [0, 1, 2 ** 53 - 1], [-1, 0.5, 2 ** 53, Number.NaN, "1", 1n]],
    parseLimit: [parseLimit, [1, 10_000], [0, 10_001, 1.5, -1, "1", null]],
    parseDate: [parseDate, [new Date(0)], [new Date(Number.NaN), 0, "2026-01-01", null]],
    parseSignal: [parseSignal, [AbortSignal.abort()], [{ aborted: true }, null, new EventTarget()]],
    parseOneOf: [parseOneOf(["deep", "shallow"]), ["deep", "shallow"], ["Deep", "", 0, null]],
  };

  test.each(Object.entries(cases))("%s takes what it names and refuses the rest", (_, each) => {
    const [parse, taken, wrong] = each;
    for (const value of taken) expect(parse(value, "field")).toEqual(value);
    for (const value of [...wrong, undefined])
      expect(() => parse(value, "field"), String(value)).toThrow(refused("field"));
  });

  test("say nothing of the value in their messages", () => {
    const parsers = Object.values(cases).map(([parse]) => parse);
    for (const parse of parsers)
      for (const value of [`canary${half}`, ["canary", 0], { canary: "canary" }])
        expect(() => parse(value, "field")).toThrow(
          expect.objectContaining({ message: expect.not.stringContaining("canary") }),
        );
  });

  test("parseTexts leaves out repeats and keeps the order", () => {
    expect(parseTexts(["b", "a", "b"], "categories")).toEqual(["b", "a"]);
  });

  test("parseLimit takes another upper bound", () => {
    expect(parseLimit(20, "limit", 20)).toBe(20);
    expect(() => parseLimit(21, "limit", 20)).toThrow(refused("limit"));
  });

  test("parseDate copies", () => {
    const given = new Date(0);
    const parsed = parseDate(given, "asOf");
    given.setTime(1);
    expect(parsed.getTime()).toBe(0);
  });
});

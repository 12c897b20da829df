import { deepStrictEqual, notDeepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "./memory-error.ts";
import {
  canonicalJson,
  isPlainObject,
  type JsonValue,
  parseJson,
  parseMetadata,
} from "./metadata.ts";

const refused = expect.objectContaining({ code: "INVALID_INPUT" });
const jsonValue = fc.jsonValue({ stringUnit: "grapheme", maxDepth: 4 }) as fc.Arbitrary<JsonValue>;
const jsonObject = fc.dictionary(
  fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "10", "9", "")),
  jsonValue,
);
const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value));

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { inner: value };
  return value;
}

function objectsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

function shuffledKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(shuffledKeys);
  if (!isPlainObject(value)) return value;
  const entries = Object.entries(value as Record<string, JsonValue>).reverse();
  return Object.fromEntries(entries.map(([key, each]) => [key, shuffledKeys(each)]));
}

describe("parseMetadata", () => {
  test("takes every JSON object as JSON would keep it", () => {
    fc.assert(
      fc.property(jsonObject, (value) => {
        deepStrictEqual(parseMetadata(value), throughJson(value));
      }),
    );
  });

  test("copies what JSON keeps and refuses everything else", () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    });
    fc.assert(
      fc.property(fc.oneof(anything, fc.dictionary(fc.string(), anything)), (value) => {
        let parsed: unknown;
        try {
          parsed = parseMetadata(value);
        } catch (error) {
          if (!isMemoryError(error, "INVALID_INPUT")) throw error;
          return;
        }
        deepStrictEqual(parsed, throughJson(value));
        const originals = new Set(objectsIn(value));
        expect(objectsIn(parsed).filter((each) => originals.has(each))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a bigint", 1n],
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["a class instance", new (class Point {})()],
    ["half of a surrogate pair", "\ud800"],
    ["a key with half of a surrogate pair", { "\udc00": 1 }],
    ["a hole in an array", Array(2)],
    ["an object with toJSON", { toJSON: () => 1 }],
  ])("refuses %s, which JSON would drop or change", (_, value) => {
    expect(() => parseMetadata({ key: value })).toThrow(refused);
    expect(() => parseMetadata({ key: { list: [value] } })).toThrow(refused);
  });

  test.each([[undefined], [null], [[]], ["text"], [7], [new Date(0)], [new Map()]])(
    "refuses %j, which is not an object of its own",
    (value) => {
      expect(() => parseMetadata(value, "notes")).toThrow(
        expect.objectContaining({ code: "INVALID_INPUT", details: { field: "notes" } }),
      );
    },
  );

  test("refuses cycles, and more than 64 levels", () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const list: unknown[] = [];
    list.push(list);
    expect(() => parseMetadata(cycle)).toThrow(refused);
    expect(() => parseMetadata({ list })).toThrow(refused);
    expect(parseMetadata(nested(64))).toStrictEqual(nested(64));
    expect(() => parseMetadata(nested(65))).toThrow(refused);
  });

  test("keeps __proto__ as an ordinary key", () => {
    const value = JSON.parse('{"__proto__": {"admin": true}}');
    const parsed = parseMetadata(value);
    expect(Object.keys(parsed)).toEqual(["__proto__"]);
    expect("admin" in parsed).toBe(false);
  });

  test("keeps minus zero as zero, as JSON does", () => {
    expect(parseMetadata({ zero: -0 })).toStrictEqual({ zero: 0 });
  });

  const message = (text: string) =>
    expect.objectContaining({ message: expect.not.stringContaining(text) });

  test("says nothing of values in its messages", () => {
    for (const value of [
      { key: "canary\ud800" },
      { key: { list: ["canary", Number.NaN] } },
      { key: { text: "canary", deep: nested(70) } },
      { key: new (class canary {})() },
    ])
      expect(() => parseMetadata(value)).toThrow(message("canary"));
  });

  test("says nothing of keys in its messages", () => {
    for (const value of [
      { canary: undefined },
      { canary: { list: [Number.NaN] } },
      { "canary\ud800": 1 },
      { canary: { "half\ud800": 1 } },
      { canary: nested(70) },
    ])
      expect(() => parseMetadata(value)).toThrow(message("canary"));
  });
});

describe("parseJson", () => {
  test("takes single values by the same rule", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        deepStrictEqual(parseJson(value, "value"), throughJson(value));
      }),
    );
    expect(() => parseJson(undefined, "value")).toThrow(refused);
  });
});

describe("canonicalJson", () => {
  test("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonicalJson(shuffledKeys(value))).toBe(canonicalJson(value));
      }),
    );
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: 0 })).toBe('{"a":0,"b":[{"c":2,"d":1}]}');
  });

  test("round-trips", () => {
    fc.assert(
      fc.property(jsonObject, (value) => {
        const parsed = parseMetadata(value);
        deepStrictEqual(JSON.parse(canonicalJson(parsed)), parsed);
      }),
    );
  });

  test("tells different values apart, also by the order of a list", () => {
    fc.assert(
      fc.property(jsonValue, jsonValue, (a, b) => {
        const equal = canonicalJson(a) === canonicalJson(b);
        if (equal) deepStrictEqual(throughJson(a), throughJson(b));
        else notDeepStrictEqual(throughJson(a), throughJson(b));
      }),
    );
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });
});

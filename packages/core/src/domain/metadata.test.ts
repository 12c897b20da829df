import { deepStrictEqual, notDeepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError, MemoryError } from "./memory-error.ts";
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

/** 2^`levels` lists that are `levels` in memory. */
function doubled(levels: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < levels; i++) value = [value, value];
  return value;
}

const throwing = () => {
  throw new Error("canary");
};
const hidden = (target: object, key: PropertyKey, value: unknown) =>
  Object.defineProperty(target, key, { value });
const getter = (target: object, key: PropertyKey, get: () => unknown) =>
  Object.defineProperty(target, key, { get, enumerable: true });
function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
class Row extends Array {}

// What JSON would read otherwise than it looks, or not at all.
const disguises: [string, (value: unknown) => unknown][] = [
  ["a key that is a symbol", (value) => ({ [Symbol("s")]: value })],
  ["a list with a symbol", (value) => Object.assign([value], { [Symbol("s")]: 1 })],
  ["a list with a key of its own", (value) => Object.assign([1], { key: value })],
  ["a hole with a key in its stead", (value) => Object.assign(Array(1), { key: value })],
  ["a list of a class", (value) => Row.from([value])],
  ["a hidden toJSON", (value) => hidden({ value }, "toJSON", () => 1)],
  ["an inherited toJSON", (v) => Object.create(hidden(Object.create(null), "toJSON", () => v))],
  ["a list with toJSON", (value) => hidden([value], "toJSON", () => 1)],
  ["a getter that throws", () => getter({}, "key", throwing)],
  ["a list with a getter that throws", () => getter([], 0, throwing)],
  ["a proxy that throws for its keys", (value) => new Proxy({ value }, { ownKeys: throwing })],
  ["a proxy that throws for a value", (value) => new Proxy([value], { get: throwing })],
  ["a proxy that throws for its class", (v) => new Proxy({ v }, { getPrototypeOf: throwing })],
  ["a revoked proxy of an object", (value) => revoked({ value })],
  ["a revoked proxy of a list", (value) => revoked([value])],
];

// What JSON reads as what it looks.
const plain: ((value: unknown) => unknown)[] = [
  (value) => [value],
  (value) => ({ value }),
  (value) => Object.assign(Object.create(null), { value }),
  (value) => new Proxy({ value }, {}),
  (value) => new Proxy([value], {}),
  (value) => getter({}, "value", () => value),
  (value) => hidden([value], Symbol.iterator, () => [2][Symbol.iterator]()),
];

function objectsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
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

  test.each(disguises)("refuses %s, and says nothing of it", (_, disguise) => {
    const given = disguise("x");
    for (const value of [given, { key: given }, { list: [1, given] }]) {
      const error = thrownBy(() => parseMetadata(value));
      expect(error).toMatchObject({ code: "INVALID_INPUT", details: { field: "metadata" } });
      expect(error).not.toHaveProperty("cause");
      expect((error as Error).message).not.toContain("canary");
    }
  });

  test("copies what JSON keeps, however it is disguised", () => {
    const layers = fc.array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...plain) },
        { weight: 1, arbitrary: fc.constantFrom(...disguises.map(([, make]) => make)) },
      ),
    );
    fc.assert(
      fc.property(fc.jsonValue(), layers, (core, layers) => {
        const value = layers.reduce((inner: unknown, make) => make(inner), core);
        let parsed: unknown;
        try {
          parsed = parseMetadata({ value });
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_INPUT" });
          expect(layers.every((each) => plain.includes(each))).toBe(false);
          return;
        }
        deepStrictEqual(parsed, throughJson({ value }));
      }),
    );
  });

  test("passes on no error of a getter, though it be one of this library", () => {
    const value = getter({}, "key", () => {
      throw new MemoryError("CLOSED", "canary");
    });
    expect(thrownBy(() => parseMetadata(value))).toMatchObject({ code: "INVALID_INPUT" });
  });

  test("takes a proxy that answers, and reads each value once", () => {
    const reads: PropertyKey[] = [];
    const proxy = new Proxy(
      { a: 1, b: [2] },
      {
        get(target, key, receiver) {
          reads.push(key);
          return Reflect.get(target, key, receiver);
        },
      },
    );
    expect(parseMetadata(proxy)).toStrictEqual({ a: 1, b: [2] });
    expect(reads).toEqual(["toJSON", "a", "b"]);
  });

  test("refuses more than 100,000 values, as many as JSON would have of what is shared", () => {
    const list = (length: number) => Array.from({ length }, () => 0);
    expect(parseMetadata({ list: list(99_998) })).toStrictEqual({ list: list(99_998) });
    expect(() => parseMetadata({ list: list(99_999) })).toThrow(refused);
    const lists = list(100).map(() => list(1000));
    expect(() => parseMetadata({ lists })).toThrow(refused);
    const shared = list(1000);
    expect(() => parseMetadata({ lists: list(100).map(() => shared) })).toThrow(refused);
    expect(parseMetadata({ key: doubled(15) })).toStrictEqual({ key: doubled(15) });
    expect(() => parseMetadata({ key: doubled(16) })).toThrow(refused);
  });

  test("stops reading where there is too much, however much more is shared", () => {
    let reads = 0;
    let value: unknown = 1;
    for (let i = 0; i < 60; i++) {
      const inner = value;
      const read = { enumerable: true, get: () => (++reads > 200_000 ? throwing() : inner) };
      value = Object.defineProperties({}, { left: read, right: read });
    }
    expect(() => parseMetadata(value)).toThrow(refused);
    expect(reads).toBeLessThan(200_000);
  });

  test("refuses more than ten million characters in keys and strings", () => {
    const text = "x".repeat(100_000);
    const list = (length: number) => Array.from({ length }, () => text);
    expect(parseMetadata({ "": list(100) })).toStrictEqual({ "": list(100) });
    expect(() => parseMetadata({ k: list(100) })).toThrow(refused);
    const keys = Array.from({ length: 101 }, () => ({ [text]: 1 }));
    expect(() => parseMetadata({ keys })).toThrow(refused);
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

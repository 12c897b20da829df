import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "./memory-error.ts";
import type { JsonValue } from "./metadata.ts";
import { type MetadataOperators, meetsCondition, parseCondition } from "./metadata-condition.ts";

const refused = expect.objectContaining({ code: "INVALID_INPUT", details: { field: "where" } });

// Few values, so that equal ones meet often; "10" and 10, "" and null, [1] and 1 are not equal.
const value = fc.constantFrom<JsonValue>(
  0,
  1,
  10,
  -3,
  2.5,
  "",
  "10",
  "a",
  "b",
  "B",
  "é",
  true,
  false,
  null,
  [],
  [1],
  [1, 2],
  {},
  { a: 1, b: 2 },
  { b: 2, a: 1 },
);
const bound = fc.constantFrom<number | string>(0, 1, 10, -3, 2.5, "", "10", "a", "b", "B", "é");
const condition = fc
  .record(
    {
      eq: value,
      ne: value,
      gt: bound,
      gte: bound,
      lt: bound,
      lte: bound,
      in: fc.array(value, { maxLength: 3 }),
      exists: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .filter((operators) => Object.keys(operators).length > 0);

function meets(present: JsonValue | undefined, name: string, operand: unknown): boolean {
  const equals = (other: unknown) => present !== undefined && isDeepStrictEqual(present, other);
  const comparable =
    typeof present === typeof operand && ["string", "number"].includes(typeof present);
  switch (name) {
    case "eq":
      return equals(operand);
    case "ne":
      return !equals(operand);
    case "in":
      return (operand as unknown[]).some(equals);
    case "exists":
      return (present !== undefined) === operand;
    case "gt":
      return comparable && (present as number) > (operand as number);
    case "gte":
      return comparable && (present as number) >= (operand as number);
    case "lt":
      return comparable && (present as number) < (operand as number);
    case "lte":
      return comparable && (present as number) <= (operand as number);
    default:
      throw new Error(`no operator ${name}`);
  }
}

describe("meetsCondition", () => {
  test("holds exactly where every operator holds", () => {
    fc.assert(
      fc.property(fc.option(value, { nil: undefined }), condition, (present, operators) => {
        const metadata = { other: 1, ...(present !== undefined && { key: present }) };
        const expected = Object.entries(operators).every(([name, operand]) =>
          meets(present, name, operand),
        );
        expect(meetsCondition(metadata, "key", parseCondition(operators, "where"))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test.each<[string, JsonValue | undefined, MetadataOperators, boolean]>([
    ["a missing key is equal to nothing", undefined, { eq: null }, false],
    ["a missing key differs from everything", undefined, { ne: 1 }, true],
    ["null is a value", null, { exists: true }, true],
    ["numbers are not compared with strings", "10", { gt: 5 }, false],
    ["strings are compared by code unit", "a", { gt: "B" }, true],
    ["nothing is in an empty list", 1, { in: [] }, false],
    ["a bound belongs to gte", 1, { gte: 1 }, true],
    ["a bound does not belong to lt", 1, { lt: 1 }, false],
    ["keys of objects have no order", { a: 1, b: 2 }, { eq: { b: 2, a: 1 } }, true],
    ["items of lists have an order", [1, 2], { eq: [2, 1] }, false],
  ])("%s", (_, present, operators, expected) => {
    const metadata = present === undefined ? {} : { key: present };
    expect(meetsCondition(metadata, "key", operators)).toBe(expected);
  });

  test("sees only a record's own keys", () => {
    expect(meetsCondition({}, "constructor", { exists: true })).toBe(false);
    expect(meetsCondition({}, "__proto__", { exists: false })).toBe(true);
  });
});

describe("parseCondition", () => {
  test.each([["text"], [0], [true], [null], [[1, "a"]], [[]]])("reads %j as equality", (short) => {
    expect(parseCondition(short, "where")).toEqual({ eq: short });
  });

  test("reads an operator that is undefined as absent", () => {
    expect(parseCondition({ gt: 1, lt: undefined }, "where")).toEqual({ gt: 1 });
  });

  test.each([
    [undefined],
    [{}],
    [{ eq: undefined }],
    [{ equals: 1 }],
    [{ eq: 1, $gt: 1 }],
    [{ in: "text" }],
    [{ in: { 0: 1 } }],
    [{ exists: 1 }],
    [{ exists: null }],
    [{ gt: Number.NaN }],
    [{ gte: Number.POSITIVE_INFINITY }],
    [{ lt: null }],
    [{ lte: [1] }],
    [{ eq: Number.NaN }],
    [{ ne: () => 1 }],
    [new Date(0)],
    [Symbol("s")],
    [JSON.parse('{"__proto__": 1}')],
  ])("refuses %o", (wrong) => {
    expect(() => parseCondition(wrong, "where")).toThrow(refused);
  });

  test("gives operators or INVALID_INPUT, whatever it is given", () => {
    const operand = fc.oneof(fc.anything(), value);
    const operators = fc.dictionary(
      fc.constantFrom("eq", "ne", "gt", "gte", "lt", "lte", "in", "exists", "other", "toString"),
      operand,
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), operators), (given) => {
        try {
          const parsed = parseCondition(given, "where");
          expect(parseCondition(parsed, "where")).toEqual(parsed);
          expect(typeof meetsCondition({ key: 1 }, "key", parsed)).toBe("boolean");
        } catch (error) {
          if (!isMemoryError(error, "INVALID_INPUT")) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("refuses what throws when it is read, without what it threw", () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const throwing = {
      get eq(): never {
        throw new Error("canary");
      },
    };
    for (const wrong of [proxy, throwing, { eq: proxy }, { in: proxy }, { eq: throwing }])
      expect(() => parseCondition(wrong, "where")).toThrow(refused);
  });

  test("keeps no hold on what the caller gave", () => {
    const list = [1];
    const parsed = parseCondition({ in: list }, "where");
    list.push(2);
    expect(meetsCondition({ key: 2 }, "key", parsed)).toBe(false);
  });

  test.each([
    [{ canary: 1 }],
    [{ eq: "canary\ud800" }],
    [{ eq: { canary: undefined } }],
    [{ in: "canary" }],
    [{ gt: ["canary"] }],
  ])("says nothing of keys or values in its message about %j", (wrong) => {
    expect(() => parseCondition(wrong, "where")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("canary") }),
    );
  });
});

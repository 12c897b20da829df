import { expect, test } from "vitest";
import { recordTableName } from "./record-schema.ts";
import { filledTable, firstTableName, isInUse, type TableFacts } from "./stored-tables.ts";

const a = { dimensions: 4, embedder: "a" };
const b = { dimensions: 4, embedder: "b" };

function facts(given: Partial<TableFacts>): TableFacts {
  const space = given.space ?? a;
  return {
    name: recordTableName(space),
    space,
    rows: 1,
    origin: undefined,
    successor: undefined,
    ...given,
  };
}

const copy = facts({ space: b, origin: recordTableName(a) });

test("a copy is not in use before its origin says that it is", () => {
  const before = [facts({}), copy];
  expect(before.map((each) => isInUse(each, before))).toEqual([true, false]);
  const after = [facts({ successor: copy.name }), copy];
  expect(after.map((each) => isInUse(each, after))).toEqual([false, true]);
});

test("a copy for a space that the records did not move to is never in use", () => {
  const tables = [facts({ successor: "another" }), copy];
  expect(isInUse(copy, tables)).toBe(false);
  expect(isInUse(copy, [copy])).toBe(false);
});

test("the filled table is one in use, of the expected space or none", () => {
  const tables = [facts({ successor: copy.name }), copy];
  expect(filledTable(tables)).toBe(copy);
  expect(filledTable(tables, b)).toBe(copy);
  expect(() => filledTable(tables, a)).toThrow("written with the embedder");
  expect(filledTable([facts({ rows: 0 })], b)).toBeUndefined();
});

test("records never begin in a table that has moved, nor in one that is being copied to", () => {
  expect(firstTableName([], a)).toBe(recordTableName(a));
  expect(firstTableName([facts({ rows: 0 })], a)).toBe(recordTableName(a));
  expect(firstTableName([facts({ successor: copy.name }), copy], a)).toBe(recordTableName(a, "2"));
  expect(firstTableName([facts({}), copy], b)).toBe(recordTableName(b, "2"));
});

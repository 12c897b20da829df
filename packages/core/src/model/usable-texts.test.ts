import { expect, test } from "vitest";
import { usableText, usableTexts } from "./usable-texts.ts";

test("a text is trimmed before it is measured", () => {
  expect(usableText("\n key  ", 3)).toBe("key");
});

test.each([
  ["blank", " \n"],
  ["longer", "keys"],
  ["half a surrogate pair", "\ud800"],
  ["no text", 1],
  ["nothing", null],
])("what is %s is not usable", (_, value) => {
  expect(usableText(value, 3)).toBeUndefined();
});

test("of a list the first usable texts are taken, each once", () => {
  expect(usableTexts(["a", "", 7, " a", "long", "b", "c"], 3, 2)).toEqual(["a", "b"]);
});

test("what is no list has no texts", () => {
  expect(usableTexts("a", 3, 2)).toEqual([]);
});

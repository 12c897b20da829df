import { expect, test } from "vitest";
import { indexedText } from "./indexed-text.ts";

const value = {
  title: "Tea",
  pages: 3,
  meta: { by: "Ana", "a.b": "dotted" },
  chapters: [{ text: "one" }, { text: "two" }, { none: true }],
  tags: ["green", "hot"],
  nothing: null,
};

test.each<[string[], string | undefined]>([
  [["title"], "Tea"],
  [["title", "meta.by"], "Tea\nAna"],
  [["pages"], "3"],
  [["chapters[*].text"], "one\ntwo"],
  [["chapters[0].text"], "one"],
  [["tags[-1]"], "hot"],
  [["tags[*]"], "green\nhot"],
  [["tags"], '["green","hot"]'],
  [["meta"], '{"by":"Ana","a.b":"dotted"}'],
  [["$"], JSON.stringify(value)],
  [["missing"], undefined],
  [["title.deeper"], undefined],
  [["tags[9]"], undefined],
  [["tags[x]"], undefined],
  [["nothing"], undefined],
  [["constructor"], undefined],
  [[], undefined],
])("the text at %j is %j", (paths, text) => {
  expect(indexedText(value, paths)).toBe(text);
});

test("nothing is indexed where index is false", () => {
  expect(indexedText(value, false)).toBeUndefined();
});

test("paths that are no strings are refused", () => {
  expect(() => indexedText(value, [1] as unknown as string[])).toThrow("index must be");
});

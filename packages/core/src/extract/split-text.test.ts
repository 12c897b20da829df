import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitText } from "./split-text.ts";

const letters = fc.constantFrom(
  "a",
  "B",
  "é",
  "😀",
  "漢",
  ".",
  "!",
  "。",
  "…",
  " ",
  "\n",
  "\n\n",
  "\t",
  "\u3000",
);
const text = fc.oneof(
  fc.array(letters, { maxLength: 80 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 80 }),
);
const limit = fc.integer({ min: 2, max: 30 });

/** The pieces in their places in the text, with what lies between them. */
function gaps(text: string, pieces: readonly string[]): string[] {
  let from = 0;
  const between = pieces.map((piece) => {
    const at = text.indexOf(piece, from);
    const gap = at < 0 ? "missing" : text.slice(from, at);
    from = at + piece.length;
    return gap;
  });
  return [...between, text.slice(from)];
}

describe("splitText", () => {
  test("leaves out nothing but white space around the cuts, and cuts to the limit", () => {
    fc.assert(
      fc.property(text, limit, (text, limit) => {
        const pieces = splitText(text, limit);
        for (const piece of pieces) {
          expect(piece.length).toBeLessThanOrEqual(limit);
          expect(piece).not.toBe("");
          expect(piece).toBe(piece.trim());
        }
        expect(gaps(text, pieces).join("").trim()).toBe("");
      }),
      { numRuns: 3000 },
    );
  });

  test("cuts no character in two", () => {
    fc.assert(
      fc.property(
        text.map((text) => text.toWellFormed()),
        limit,
        (text, limit) => {
          expect(splitText(text, limit).every((piece) => piece.isWellFormed())).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("gives a text that fits as it is, trimmed, and a blank one as nothing", () => {
    expect(splitText(" a\n\nb ", 4)).toEqual(["a\n\nb"]);
    for (const blank of ["", " \n\t "]) expect(splitText(blank, 2)).toEqual([]);
  });

  test.each<[string, string, string[]]>([
    ["a paragraph", "one. two\nthree\n \nfour. five", ["one. two\nthree", "four. five"]],
    [
      "the last paragraph that fits",
      "a\n\nb\n\nc\n\nd defghijklmnopq",
      ["a\n\nb\n\nc", "d defghijklmnopq"],
    ],
    ["a line", "one. two three\nfour five six", ["one. two three", "four five six"]],
    ["a sentence", "One two. Three four five", ["One two.", "Three four five"]],
    [
      "a sentence without spaces",
      "一二三四五六七八。一二三四五六七八九十",
      ["一二三四五六七八。", "一二三四五六七八九十"],
    ],
    ["a word", "one two three four five", ["one two three", "four five"]],
    ["two characters", "abcdefghijklmnopqrstuvwxyz", ["abcdefghijklmnop", "qrstuvwxyz"]],
  ])("cuts at the end of %s where it can", (_, text, pieces) => {
    expect(splitText(text, 16)).toEqual(pieces);
  });

  test("cuts no number, name or address at the dot inside", () => {
    expect(splitText("It is 3.14159 here", 12)).toEqual(["It is", "3.14159 here"]);
    expect(splitText("see docs.example.org", 16)).toEqual(["see", "docs.example.org"]);
  });

  test.each<[string, string]>([
    ["without a border", "x"],
    ["of line ends", "\n"],
    ["of sentence ends", "。"],
    ["of dots and spaces", ". "],
    ["of words", "word "],
    ["of paragraphs of one letter", "x\n\n"],
    ["of line ends and spaces", `\n${" ".repeat(5000)}x`],
  ])("gets through a million characters %s", (_, unit) => {
    const text = unit.repeat(1_000_000 / unit.length);
    const pieces = splitText(text, 24_000);
    const kept = pieces.reduce((sum, piece) => sum + piece.replace(/\s/g, "").length, 0);
    expect(kept).toBe(text.replace(/\s/g, "").length);
  });
});

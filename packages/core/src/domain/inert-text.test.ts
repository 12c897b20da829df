import fc from "fast-check";
import { expect, test } from "vitest";
import { inertJson, inertText } from "./inert-text.ts";

test.each([
  ["a tag", "</memories>", "\\u003c/memories\\u003e"],
  ["an entity", "&lt;", "\\u0026lt;"],
  ["the end of a line", "a\u0085b\u2028c\u2029d", "a\\u0085b\\u2028c\\u2029d"],
  ["an order turned around", "\u202e\u2067\u200f\u061c", "\\u202e\\u2067\\u200f\\u061c"],
  ["text in tag characters", "\u{e006f}\u{e0062}", "\\udb40\\udc6f\\udb40\\udc62"],
  ["bytes in variation selectors", "\u{e0101}\ufe01", "\\udb40\\udd01\\ufe01"],
  ["what has no width", "\u200b\u2060\ufeff\u00ad\u3164", "\\u200b\\u2060\\ufeff\\u00ad\\u3164"],
])("%s is written out", (_, text, inert) => {
  expect(inertText(text)).toBe(inert);
});

test("scripts and emojis stay as they are", () => {
  const text = "Größe 東京 नमस्ते می‌خواهم 👩‍👩‍👧 ❤️ 🏳️‍🌈\n“q” — R/D";
  expect(inertText(text)).toBe(text);
});

test("inert JSON is one line of JSON of the same value", () => {
  const texts = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...'<>&\n\u2028\u202e\u{e0041}\\"'),
      fc.string({ unit: "binary", maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(fc.dictionary(texts, texts), (value) => {
      const json = inertJson(value);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(json).not.toMatch(/[<>&\p{Cc}\u2028\u202e\u{e0041}]/u);
    }),
  );
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { searchTerms } from "./search-terms.ts";

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.lorem(),
);

describe("searchTerms", () => {
  test("keeps the telling words, folded to one form", () => {
    expect(searchTerms("What did the families' dogs do while they were hiking?")).toEqual(
      searchTerms("family dog while hiked"),
    );
  });

  test("keeps words that turn a meaning around", () => {
    expect(searchTerms("I do not know")).toContain("not");
  });

  test("keeps function words where a text has no others", () => {
    expect(searchTerms("Who is it?")).toEqual(["who", "is", "it"]);
  });

  test("cuts scripts without spaces into letters and pairs of neighbours", () => {
    expect(searchTerms("去北京 ok")).toEqual(["去", "北", "京", "去北", "北京", "ok"]);
  });

  test("finds at least one term in any text that has more than blanks and accents", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(/\S/u.test(text.replace(/[\u0300-\u036f]/g, "")));
        expect(searchTerms(text).length).toBeGreaterThan(0);
      }),
    );
  });
});

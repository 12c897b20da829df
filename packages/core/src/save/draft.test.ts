import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "../domain/memory-error.ts";
import { newRecord, parseDraft, parseInputs } from "./draft.ts";

const defaults = { defaultImportance: 0.4 };
const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });

describe("parseDraft", () => {
  test("fills in what is left out", () => {
    const plain = {
      content: "text",
      scope: "/",
      categories: [],
      metadata: {},
      importance: 0.4,
      source: null,
      private: false,
    };
    expect(parseDraft("text", undefined, defaults)).toEqual(plain);
    expect(parseDraft("text", { scope: undefined, private: undefined }, defaults)).toEqual(plain);
  });

  test("keeps what is given, in its normal form", () => {
    const options = {
      scope: "team//alice/",
      categories: ["food", "food"],
      metadata: { n: 1 },
      importance: 0,
      source: "alice",
      private: true,
      signal: new AbortController().signal,
    };
    expect(parseDraft(" text ", options, defaults)).toEqual({
      content: " text ",
      scope: "/team/alice",
      categories: ["food"],
      metadata: { n: 1 },
      importance: 0,
      source: "alice",
      private: true,
    });
  });

  test("keeps no hold on the caller's metadata", () => {
    const metadata = { list: [1] };
    const draft = parseDraft("text", { metadata }, defaults);
    metadata.list.push(2);
    expect(draft.metadata).toEqual({ list: [1] });
  });

  test.each([
    ["content", "", {}],
    ["content", undefined, {}],
    ["content", "\ud800", {}],
    ["scope", "text", { scope: ".." }],
    ["categories", "text", { categories: "food" }],
    ["metadata", "text", { metadata: [] }],
    ["importance", "text", { importance: 2 }],
    ["source", "text", { source: "" }],
    ["private", "text", { private: 1 }],
    ["private", "text", { private: true }],
    ["options", "text", { categorys: [] }],
    ["options", "text", null],
  ])("names %s where %j with %j is refused", (field, content, options) => {
    expect(() => parseDraft(content, options, defaults)).toThrow(refused(field));
  });
});

describe("parseInputs", () => {
  test("reads strings and objects, whose own options go before those of the call", () => {
    const items = ["a", { content: "b" }, { content: "c", scope: "/own", importance: undefined }];
    const drafts = parseInputs(items, { scope: "/all", importance: 0.9 }, defaults);
    expect(drafts.map(({ content, scope, importance }) => [content, scope, importance])).toEqual([
      ["a", "/all", 0.9],
      ["b", "/all", 0.9],
      ["c", "/own", 0.9],
    ]);
    expect(parseInputs([], undefined, defaults)).toEqual([]);
  });

  test("lets each item name the source of what the call makes private", () => {
    const items = [{ content: "a", source: "alice" }];
    expect(parseInputs(items, { private: true }, defaults)).toMatchObject([
      { source: "alice", private: true },
    ]);
    expect(() => parseInputs(["a"], { private: true }, defaults)).toThrow(
      refused("contents[0].private"),
    );
  });

  test("reads each item as parseDraft does", () => {
    const options = fc.record(
      {
        scope: fc.constantFrom("/a", "b", undefined),
        importance: fc.constantFrom(0, 0.5, 1, undefined),
        categories: fc.constantFrom(["x"], [], undefined),
        source: fc.constantFrom("alice", undefined),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, options, (own, shared) => {
        const given = Object.entries(own).filter(([, value]) => value !== undefined);
        const merged = { ...shared, ...Object.fromEntries(given) };
        expect(parseInputs([{ content: "text", ...own }], shared, defaults)).toEqual([
          parseDraft("text", merged, defaults),
        ]);
      }),
    );
  });

  test.each([
    ["contents", "text"],
    ["contents", undefined],
    ["contents", { content: "text" }],
    ["contents[1].content", ["fine", ""]],
    ["contents[1].content", ["fine", 7]],
    ["contents[0].content", [{}]],
    ["contents[0].content", Array(2)],
    ["contents[0].scope", [{ content: "text", scope: 1 }]],
    ["contents[0].options", [{ content: "text", more: 1 }]],
    ["contents[1].options", ["fine", { content: "text", signal: AbortSignal.abort() }]],
  ])("names %s where %j is refused", (field, items) => {
    expect(() => parseInputs(items, undefined, defaults)).toThrow(refused(field));
  });

  test("gives one draft per item, or INVALID_INPUT, whatever it is given", () => {
    const items = fc.anything({ withSparseArray: true, withDate: true });
    fc.assert(
      fc.property(fc.oneof(items, fc.array(items)), (items) => {
        try {
          const drafts = [...parseInputs(items, undefined, defaults)];
          expect(drafts).toHaveLength((items as []).length);
          expect(drafts.map((draft) => typeof draft?.content)).not.toContain("undefined");
        } catch (error) {
          if (!isMemoryError(error, "INVALID_INPUT")) throw error;
        }
      }),
    );
  });

  test("says nothing of what it refuses in its messages", () => {
    for (const items of [
      ["canary\ud800"],
      [{ content: ["canary"] }],
      [{ content: "canary", scope: "/canary/.." }],
      [{ content: "canary", importance: "canary" }],
      [{ content: "canary", metadata: "canary" }],
    ])
      expect(() => parseInputs(items, undefined, defaults)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("canary") }),
      );
  });
});

test("newRecord makes a first revision that is current", () => {
  const draft = { ...parseDraft("text", {}, defaults), vector: new Float32Array([1]) };
  const now = new Date(0);
  expect(newRecord(draft, "id", now)).toEqual({
    ...draft,
    id: "id",
    createdAt: now,
    updatedAt: now,
    lastAccessed: now,
    revision: 1,
    supersededBy: null,
    supersededAt: null,
  });
});

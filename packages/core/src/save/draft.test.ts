import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMemoryError } from "../domain/memory-error.ts";
import { parseScope, rootScope } from "../domain/scope.ts";
import { newRecord, parseDraft, parseInputs } from "./draft.ts";

const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });

describe("parseDraft", () => {
  test("leaves open what is left out", () => {
    const plain = {
      content: "text",
      given: {},
      root: "/",
      source: null,
      private: false,
      createdAt: null,
      expiresAt: null,
    };
    expect(parseDraft("text", undefined)).toEqual(plain);
    expect(parseDraft("text", { scope: undefined, private: undefined })).toEqual(plain);
  });

  test("keeps what is given, in its normal form", () => {
    const options = {
      scope: "team//alice/",
      categories: ["food", "food"],
      metadata: { n: 1 },
      importance: 0,
      source: "alice",
      private: true,
      createdAt: new Date(3),
      expiresAt: new Date(5),
      agentRole: "cook",
      signal: new AbortController().signal,
    };
    expect(parseDraft(" text ", options)).toEqual({
      content: " text ",
      given: { scope: "/team/alice", categories: ["food"], metadata: { n: 1 }, importance: 0 },
      root: "/",
      source: "alice",
      private: true,
      createdAt: new Date(3),
      expiresAt: new Date(5),
      agentRole: "cook",
    });
  });

  test("places everything inside the root of the call, and that inside the root of the view", () => {
    const place = { root: parseScope("/view"), inferScope: false };
    const placed = (options: object) => {
      const { root, given } = parseDraft("text", options, place);
      return [root, given.scope];
    };
    expect(placed({})).toEqual(["/view", "/view"]);
    expect(placed({ scope: "/a" })).toEqual(["/view", "/view/a"]);
    expect(placed({ rootScope: "r" })).toEqual(["/view/r", undefined]);
    expect(placed({ rootScope: "r", scope: "/a" })).toEqual(["/view/r", "/view/r/a"]);
    expect(() => placed({ scope: "x".repeat(510) })).toThrow(refused("scope"));
  });

  test("takes the source of a view that is bound to one, and refuses any other", () => {
    const place = { root: rootScope, inferScope: true, source: "ada" };
    expect(parseDraft("text", {}, place).source).toBe("ada");
    expect(parseDraft("text", { private: true, source: "ada" }, place).private).toBe(true);
    expect(() => parseDraft("text", { source: "bob" }, place)).toThrow(refused("source"));
    expect(() => parseInputs([], { source: "bob" }, place)).toThrow(refused("source"));
  });

  test("keeps no hold on the caller's metadata", () => {
    const metadata = { list: [1] };
    const draft = parseDraft("text", { metadata });
    metadata.list.push(2);
    expect(draft.given.metadata).toEqual({ list: [1] });
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
    expect(() => parseDraft(content, options)).toThrow(refused(field));
  });
});

describe("parseInputs", () => {
  test("reads strings and objects, whose own options go before those of the call", () => {
    const items = ["a", { content: "b" }, { content: "c", scope: "/own", importance: undefined }];
    const drafts = parseInputs(items, { scope: "/all", importance: 0.9 });
    expect(drafts.map(({ content, given }) => [content, given.scope, given.importance])).toEqual([
      ["a", "/all", 0.9],
      ["b", "/all", 0.9],
      ["c", "/own", 0.9],
    ]);
    expect(parseInputs([], undefined)).toEqual([]);
  });

  test("lets each item name the source of what the call makes private", () => {
    const items = [{ content: "a", source: "alice" }];
    expect(parseInputs(items, { private: true })).toMatchObject([
      { source: "alice", private: true },
    ]);
    expect(() => parseInputs(["a"], { private: true })).toThrow(refused("contents[0].private"));
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
        expect(parseInputs([{ content: "text", ...own }], shared)).toEqual([
          parseDraft("text", merged),
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
    expect(() => parseInputs(items, undefined)).toThrow(refused(field));
  });

  test("gives one draft per item, or INVALID_INPUT, whatever it is given", () => {
    const items = fc.anything({ withSparseArray: true, withDate: true });
    fc.assert(
      fc.property(fc.oneof(items, fc.array(items)), (items) => {
        try {
          const drafts = [...parseInputs(items, undefined)];
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
      expect(() => parseInputs(items, undefined)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining("canary") }),
      );
  });
});

describe("newRecord", () => {
  const now = new Date(0);
  const draft = (options: object) => ({
    ...parseDraft("text", options),
    vector: new Float32Array([1]),
  });

  test("makes a first revision that is current, with defaults for what nobody has said", () => {
    expect(newRecord(draft({}), {}, { id: "id", now, defaultImportance: 0.4 })).toEqual({
      id: "id",
      content: "text",
      vector: new Float32Array([1]),
      scope: "/",
      categories: [],
      metadata: {},
      importance: 0.4,
      source: null,
      private: false,
      createdAt: now,
      updatedAt: now,
      lastAccessed: now,
      expiresAt: null,
      revision: 1,
      supersededBy: null,
      supersededAt: null,
    });
  });

  test("dates what was known earlier", () => {
    const createdAt = new Date(-1000);
    const record = newRecord(draft({ createdAt }), {}, { id: "id", now, defaultImportance: 0.4 });
    expect(record).toMatchObject({ createdAt, updatedAt: createdAt, lastAccessed: now });
  });

  test("takes advice only where the caller has left something open", () => {
    const advised = {
      scope: parseScope("/advised"),
      categories: ["advised"],
      metadata: { advised: true },
      importance: 1,
    };
    const given = { scope: rootScope, categories: [], metadata: {}, importance: 0 };
    const tools = { id: "id", now, defaultImportance: 0.4 };
    expect(newRecord(draft({}), advised, tools)).toMatchObject(advised);
    expect(newRecord(draft(given), advised, tools)).toMatchObject(given);
  });
});

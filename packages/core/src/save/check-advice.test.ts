import { describe, expect, test } from "vitest";
import { parseScope, rootScope, type Scope } from "../domain/scope.ts";
import { comparedDraft } from "../testing/compared-draft.ts";
import { type Advice, checkAdvice, settleClaims } from "./check-advice.ts";
import type { RememberOptions } from "./draft.ts";

const known = {
  scopes: ["/Known Place", "/a/b"].map((each) => parseScope(each)),
  categories: ["Plan"],
};

/** The advice for one draft with the records r1: "old one" and r2: "old two". */
function adviceOn(item: object, options: RememberOptions = {}): Advice | undefined {
  const draft = comparedDraft("draft", options, { r1: "old one", r2: "old two" });
  return checkAdvice({ drafts: [{ draft: 1, ...item }] }, [draft], known)[0];
}
const keep = (record: number) => ({ record, action: "keep", content: null });
const drop = (record: number) => ({ record, action: "delete", content: null });
const update = (record: number, content: unknown) => ({ record, action: "update", content });

describe("checkAdvice on the fields", () => {
  test("takes what was left open, and keeps what was given", () => {
    const item = {
      scope: "/Known Place/New One",
      categories: ["Plan", "RISK", "risk", " "],
      importance: 7,
      metadata: { entities: ["Ada", "Ada", 3], dates: [], topics: [" tea "], more: ["x"] },
    };
    expect(adviceOn(item)?.fields).toEqual({
      scope: "/Known Place/new-one",
      categories: ["Plan", "risk"],
      importance: 1,
      metadata: { entities: ["Ada"], topics: ["tea"] },
    });
    const given = { scope: "/s", categories: [], metadata: {}, importance: 0 };
    expect(adviceOn(item, given)?.fields).toEqual(given);
  });

  test.each<[string, object]>([
    ["null", { scope: null, categories: null, importance: null, metadata: null }],
    ["absent", {}],
    ["of other types", { scope: ["/a"], categories: "a", importance: "1", metadata: [] }],
    ["a path that climbs", { scope: "/../other" }],
  ])("leaves open what is %s", (_, item) => {
    expect(adviceOn(item)?.fields).toEqual({});
  });

  test("bounds how many labels and topics there are", () => {
    const many = Array.from({ length: 100 }, (_, i) => `label ${i}`);
    const fields = adviceOn({ categories: many, metadata: { topics: many } })?.fields;
    expect(fields?.categories).toHaveLength(8);
    expect(fields?.metadata?.topics).toHaveLength(20);
  });

  test("keeps a foreign scope inside of the root", () => {
    const root: Scope = parseScope("/team");
    const [advice] = checkAdvice(
      { drafts: [{ draft: 1, scope: "/elsewhere" }] },
      [comparedDraft("draft", { rootScope: root })],
      { scopes: [rootScope], categories: [] },
    );
    expect(advice?.fields.scope).toBe("/team/elsewhere");
  });
});

describe("checkAdvice on the drafts", () => {
  const two = [comparedDraft("one"), comparedDraft("two")];
  const importances = (drafts: unknown) =>
    checkAdvice({ drafts }, two, known).map((advice) => advice?.fields.importance);

  test("finds each draft by its number, in any order", () => {
    const answers = [
      { draft: 2, importance: 0.2 },
      { draft: 1, importance: 0.1 },
    ];
    expect(importances(answers)).toEqual([0.1, 0.2]);
    expect(importances([answers[0]])).toEqual([undefined, 0.2]);
  });

  test.each<[string, unknown]>([
    ["counts from zero", [{ draft: 0 }, { draft: 1, importance: 0.2 }]],
    ["names a draft that was not asked about", [{ draft: 1, importance: 0.1 }, { draft: 3 }]],
    [
      "names a draft twice",
      [
        { draft: 1, importance: 0.1 },
        { draft: 1, importance: 0.2 },
      ],
    ],
    ["numbers with text", [{ draft: "1", importance: 0.1 }]],
    ["is no list", { 0: { draft: 1, importance: 0.1 } }],
  ])("trusts no part of an answer that %s", (_, drafts) => {
    expect(importances(drafts)).toEqual([undefined, undefined]);
  });
});

describe("checkAdvice on the records", () => {
  const outcome = (records: unknown, insert: unknown = false) => {
    const { actions, heldBy } = adviceOn({ records, insert }) as Advice;
    return { actions, heldBy };
  };
  const merge = { action: "update", id: "r1", content: "merged" };

  test("takes an update, a delete and a keep as they are meant", () => {
    expect(outcome([update(1, " merged "), drop(2)])).toEqual({
      actions: [merge, { action: "delete", id: "r2" }],
      heldBy: "r1",
    });
    expect(outcome([keep(2), drop(1)])).toEqual({
      actions: [{ action: "delete", id: "r1" }],
      heldBy: "r2",
    });
    expect(outcome([update(1, "merged")], true)).toEqual({ actions: [merge], heldBy: null });
  });

  test("knows an update to the same text as a keep", () => {
    expect(outcome([update(1, "old one"), keep(2)])).toEqual({ actions: [], heldBy: "r1" });
  });

  test.each<[string, unknown]>([
    ["nothing is said of any record", []],
    ["there is no list", undefined],
    ["only unknown records are named", [keep(0), keep(3), update(9, "merged")]],
    ["the merged text is empty", [update(1, "  "), keep(2)]],
    ["the merged text is no text", [update(1, null), keep(2)]],
    ["the merged text is far longer than both", [update(1, "x".repeat(600)), keep(2)]],
    ["the merged text is half a character", [update(1, "\ud800"), keep(2)]],
    ["the action is unknown", [{ record: 1, action: "drop", content: null }, keep(2)]],
    ["a record is kept and deleted", [keep(1), drop(1), keep(2)]],
    ["a record is merged in two ways", [update(1, "merged"), update(1, "other"), keep(2)]],
  ])("inserts the draft and leaves the records where %s", (_, records) => {
    expect(outcome(records)).toEqual({ actions: [], heldBy: null });
  });

  test("inserts the draft where every record is deleted, or where it is not clearly said", () => {
    expect(outcome([drop(1), drop(2)])).toMatchObject({ heldBy: null });
    for (const insert of [null, 0, "false"])
      expect(outcome([keep(1)], insert)).toEqual({ actions: [], heldBy: null });
  });

  test("does once what is asked twice in the same words", () => {
    expect(outcome([update(1, "merged"), update(1, "merged"), drop(2), drop(2)])).toEqual({
      actions: [merge, { action: "delete", id: "r2" }],
      heldBy: "r1",
    });
  });
});

describe("settleClaims", () => {
  const advice = (given: Partial<Advice>): Advice => ({
    fields: {},
    actions: [],
    heldBy: null,
    ...given,
  });
  const updating = (id: string, content = "merged") =>
    advice({ actions: [{ action: "update", id, content }], heldBy: id });
  const deleting = (id: string) => advice({ actions: [{ action: "delete", id }] });

  test("lets the first of two drafts act on a record, and inserts the other", () => {
    expect(settleClaims([updating("r"), updating("r", "other"), deleting("r")])).toEqual([
      updating("r"),
      advice({}),
      advice({}),
    ]);
  });

  test("inserts a draft that a record was to hold which another draft changes, earlier or later", () => {
    const held = advice({ heldBy: "r" });
    expect(settleClaims([held, deleting("r"), held])).toEqual([
      advice({}),
      deleting("r"),
      advice({}),
    ]);
    expect(settleClaims([held, updating("r")])).toEqual([advice({}), updating("r")]);
  });

  test("lets many drafts be held by a record that nobody changes", () => {
    const held = advice({ heldBy: "r" });
    expect(settleClaims([held, held, deleting("other")])).toEqual([held, held, deleting("other")]);
  });
});

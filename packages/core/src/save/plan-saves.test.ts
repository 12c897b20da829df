import { describe, expect, test } from "vitest";
import { MemoryError } from "../domain/memory-error.ts";
import type { StoredRecord } from "../domain/memory-record.ts";
import { unitVector } from "../domain/vector.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import type { Advice, AdvisedAction } from "./check-advice.ts";
import { newRecord, parseDraft, type RememberOptions } from "./draft.ts";
import { planInsert, planSaves } from "./plan-saves.ts";

const vectorOf = (text: string) => unitVector([text.length, 1]);
const embedded = (content: string, options: RememberOptions = {}) => ({
  ...parseDraft(content, options),
  vector: vectorOf(content),
});
const advice = (actions: readonly AdvisedAction[], heldBy: string | null = null): Advice => ({
  fields: {},
  actions,
  heldBy,
});
const update = (id: string, content = "merged") => ({ action: "update", id, content }) as const;
const remove = (id: string) => ({ action: "delete", id }) as const;

/** A storage with the records that are given, an hour old, and what it takes to plan. */
async function setUp(...given: [id: string, options?: RememberOptions][]) {
  const runtime = manualRuntime();
  const storage = inMemoryStorage({ runtime });
  await storage.open({ dimensions: 2, embedder: "test" });
  const when = { now: runtime.now(), defaultImportance: 0.5 };
  const put = given.map(([id, options]) =>
    newRecord(embedded(`old ${id}`, options), {}, { ...when, id }),
  );
  await storage.write({ put, remove: [] });
  runtime.advance(3_600_000);
  const [fallbacks, embeddedTexts]: [unknown[], string[]] = [[], []];
  const tools = {
    storage,
    runtime,
    defaultImportance: 0.5,
    onFallback: (error: MemoryError) => void fallbacks.push(error),
    embed: async (texts: readonly string[]) => {
      embeddedTexts.push(...texts);
      return texts.map(vectorOf);
    },
  };
  const plan = async (given: Advice, options: RememberOptions = {}, with_ = tools) => {
    const draft = { ...embedded("draft", options), similar: put };
    const [only] = await planSaves([draft], [given], with_);
    return only as NonNullable<typeof only>;
  };
  return { runtime, storage, tools, plan, fallbacks, embeddedTexts, put: put as StoredRecord[] };
}

describe("planSaves", () => {
  test("inserts a draft as a record of its own, with the advised fields", async () => {
    const { plan, runtime, embeddedTexts } = await setUp();
    const fields = { importance: 0.9, categories: ["c"] };
    expect(await plan({ ...advice([]), fields })).toMatchObject({
      own: { id: "id-000001", content: "draft", ...fields, createdAt: runtime.now(), revision: 1 },
      holder: undefined,
      changed: [],
      former: [],
    });
    expect(embeddedTexts).toEqual([]);
  });

  test("a merge keeps id, scope, source and creation, and the old text and the draft beside it", async () => {
    const { plan, runtime, put } = await setUp(["r", { scope: "/team/x", source: "ada" }]);
    const [old] = put as [StoredRecord];
    const { own, holder, changed, former } = await plan(advice([update("r")], "r"), {
      scope: "/team",
      source: "bob",
    });
    expect(changed).toEqual([
      {
        ...old,
        content: "merged",
        vector: vectorOf("merged"),
        updatedAt: runtime.now(),
        revision: 2,
      },
    ]);
    expect(holder).toBe(changed[0]);
    expect(former).toEqual([
      { ...old, id: `r@${+old.updatedAt}`, supersededBy: "r", supersededAt: runtime.now() },
    ]);
    expect(own).toMatchObject({
      content: "draft",
      source: "bob",
      supersededBy: "r",
      supersededAt: runtime.now(),
    });
  });

  test("a merge loses no label, no metadata and no weight of either side", async () => {
    const old = {
      categories: ["a"],
      metadata: { x: 1, list: [1, 2], __own: "o" },
      importance: 0.9,
    };
    const { plan } = await setUp(["r", old]);
    const { holder } = await plan(advice([update("r")], "r"), {
      categories: ["b", "a"],
      metadata: { y: 2, list: [2, 3] },
      importance: 0.1,
    });
    expect(holder).toMatchObject({
      categories: ["a", "b"],
      metadata: { x: 1, y: 2, list: [1, 2, 3], __own: "o" },
      importance: 0.9,
    });
  });

  test("a merge is private where either side is", async () => {
    const alice = { source: "alice", private: true };
    const { plan } = await setUp(["hers", alice], ["public", { source: "alice" }]);
    const { changed, former } = await plan(advice([update("hers"), update("public")]), alice);
    expect(changed.map((each) => each.private)).toEqual([true, true]);
    expect(former.map((each) => each.private)).toEqual([true, false]);
  });

  test("a delete marks the record as replaced by the draft, which stays current", async () => {
    const { plan, runtime, put } = await setUp(["r"]);
    const { own, changed, holder } = await plan(advice([remove("r")]));
    const supersededAt = runtime.now();
    expect(changed).toEqual([{ ...put[0], revision: 2, supersededBy: own.id, supersededAt }]);
    expect([own.supersededBy, holder]).toEqual([null, undefined]);
  });

  test("a draft held by a record as it is leaves that record alone", async () => {
    const { plan, put } = await setUp(["r"]);
    const { own, holder, changed, former } = await plan(advice([], "r"));
    expect([own.supersededBy, holder, changed, former]).toEqual(["r", put[0], [], []]);
  });

  test("embeds all merged texts of a batch in one call", async () => {
    const { tools, put, embeddedTexts } = await setUp(["a"], ["b"]);
    const drafts = ["one", "two"].map((text) => ({ ...embedded(text), similar: put }));
    const advices = [advice([update("a", "merged a")]), advice([update("b", "merged b")])];
    const plans = await planSaves(drafts, advices, tools);
    expect(embeddedTexts).toEqual(["merged a", "merged b"]);
    const vectors = plans.map(({ changed }) => changed[0]?.vector);
    expect(vectors).toEqual([vectorOf("merged a"), vectorOf("merged b")]);
  });

  test("gives two texts of one record moments of their own, also within a millisecond", async () => {
    const { plan, runtime, storage, put } = await setUp(["r"]);
    const ahead = new Date(+runtime.now() + 5);
    await storage.write({ put: [{ ...(put[0] as StoredRecord), revision: 2 }], remove: [] });
    const similar = [{ ...(put[0] as StoredRecord), revision: 2, updatedAt: ahead }];
    await storage.write({ put: similar.map((each) => ({ ...each, revision: 3 })), remove: [] });
    Object.assign(put[0] as StoredRecord, { revision: 3 });
    const { changed, former } = await plan(advice([update("r")]));
    expect(changed[0]?.updatedAt).toEqual(new Date(+ahead + 1));
    expect(former[0]).toMatchObject({ id: `r@${+ahead}`, supersededAt: new Date(+ahead + 1) });
  });
});

describe("planSaves, where a record is not what the model saw", () => {
  const changes: [string, (record: StoredRecord) => StoredRecord | undefined][] = [
    ["changed", (record) => ({ ...record, content: "newer" })],
    ["replaced", (record) => ({ ...record, supersededBy: "x", supersededAt: new Date(0) })],
    [
      "moved out of the scope",
      (record) => ({ ...record, scope: "/away" as StoredRecord["scope"] }),
    ],
    ["made private", (record) => ({ ...record, private: true, source: "bob" })],
    ["forgotten", () => undefined],
  ];

  test.each(changes)("leaves one that was %s, and inserts the draft", async (_, change) => {
    for (const given of [
      advice([update("r")], "r"),
      advice([remove("r")]),
      advice([], "r"),
      advice([update("other"), remove("r")], "other"),
    ]) {
      const options = { scope: "/here" };
      const { plan, storage, put } = await setUp(["r", options], ["other", options]);
      const after = change(put[0] as StoredRecord);
      await storage.write(
        after ? { put: [{ ...after, revision: 2 }], remove: [] } : { put: [], remove: ["r"] },
      );
      const { own, changed, former, holder } = await plan(given, options);
      const held = given.heldBy === "other" ? "other" : null;
      expect([own.supersededBy, holder?.id ?? null]).toEqual([held, held]);
      expect([...changed, ...former].map(({ content }) => content)).toEqual(
        held ? ["merged", "old other"] : [],
      );
    }
  });

  test("never touches a record that is not the draft's to see, whatever the advice", async () => {
    const { plan } = await setUp(["r", { source: "bob", private: true }], ["out", { scope: "/x" }]);
    const given = advice([update("r"), remove("out"), remove("nowhere")], "r");
    expect(await plan(given, { scope: "/here" })).toMatchObject({
      own: { supersededBy: null },
      changed: [],
      former: [],
      holder: undefined,
    });
  });
});

describe("planSaves, where the embedder fails for a merged text", () => {
  test("saves the draft beside the record, and tells why", async () => {
    const { plan, tools, fallbacks } = await setUp(["a"], ["b"]);
    const refused = new MemoryError("EMBEDDING_FAILED", "Too long.");
    const given = { ...advice([update("a"), remove("b")], "a"), fields: { importance: 1 } };
    const failing = { ...tools, embed: () => Promise.reject(refused) };
    const { own, changed, former, holder } = await plan(given, {}, failing);
    expect(own).toMatchObject({ importance: 1, supersededBy: null });
    expect(changed).toMatchObject([{ id: "b", supersededBy: own.id }]);
    expect([former, holder]).toEqual([[], undefined]);
    expect(fallbacks).toEqual([refused]);
  });

  test("passes on any other error", async () => {
    const { plan, tools } = await setUp(["a"]);
    const aborted = new MemoryError("ABORTED", "Aborted.");
    const failing = { ...tools, embed: () => Promise.reject(aborted) };
    await expect(plan(advice([update("a")]), {}, failing)).rejects.toBe(aborted);
  });
});

describe("planInsert", () => {
  test("is a record as the caller gave it, with defaults for the rest", () => {
    const runtime = manualRuntime();
    const draft = embedded("draft", { scope: "/s" });
    expect(planInsert(draft, { runtime, defaultImportance: 0.4 })).toEqual({
      own: newRecord(draft, {}, { id: "id-000001", now: runtime.now(), defaultImportance: 0.4 }),
      holder: undefined,
      changed: [],
      former: [],
    });
  });
});

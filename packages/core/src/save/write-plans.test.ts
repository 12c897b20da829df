import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RecordFilter } from "../domain/record-filter.ts";
import { unitVector } from "../domain/vector.ts";
import { formerVersions } from "../storage/former-versions.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import type { AdvisedAction } from "./check-advice.ts";
import { newRecord, parseDraft } from "./draft.ts";
import { forgetRecords } from "./forget-records.ts";
import { planSaves } from "./plan-saves.ts";
import { parsePatch, updateRecord } from "./update-record.ts";
import { writePlans } from "./write-plans.ts";

const all: RecordFilter = { visibleTo: "all" };
const any: RecordFilter = { visibleTo: "all", state: "any" };
const vectorOf = (text: string) => unitVector([text.length, 1]);
const embed = async (texts: readonly string[]) => texts.map(vectorOf);
const embedded = (content: string) => ({ ...parseDraft(content, {}), vector: vectorOf(content) });

interface Intent {
  readonly content: string;
  readonly actions?: readonly AdvisedAction[];
  readonly heldBy?: string;
}

const merging = (content: string, text = `merged ${content}`): Intent => ({
  content,
  actions: [{ action: "update", id: "r", content: text }],
  heldBy: "r",
});
const adding = (content: string): Intent => ({
  content,
  actions: [{ action: "update", id: "r", content: `merged ${content}` }],
});
const replacing = (content: string): Intent => ({
  content,
  actions: [{ action: "delete", id: "r" }],
});
const repeating = (content: string): Intent => ({ content, heldBy: "r" });

/** A storage with the records "r" and "s". */
async function setUp() {
  const runtime = manualRuntime();
  const storage = inMemoryStorage({ runtime });
  await storage.open({ dimensions: 2, embedder: "test" });
  const put = ["r", "s"].map((id) =>
    newRecord(embedded(`old ${id}`), {}, { id, now: runtime.now(), defaultImportance: 0.5 }),
  );
  await storage.write({ put, remove: [] });
  runtime.advance(1000);

  async function save(intents: readonly Intent[], through: StorageBackend = storage) {
    const shown = (await storage.get(["r", "s"], all)).filter((each) => each !== undefined);
    const drafts = intents.map(({ content }) => ({ ...embedded(content), similar: shown }));
    const advices = intents.map(({ actions = [], heldBy = null }) => ({
      fields: {},
      actions: actions.filter(({ id }) => shown.some((each) => each.id === id)),
      heldBy: shown.some(({ id }) => id === heldBy) ? heldBy : null,
    }));
    const tools = { embed, runtime, defaultImportance: 0.5, onFallback: () => {} };
    const plans = await planSaves(drafts, advices, { ...tools, storage: through });
    return writePlans(plans, through);
  }
  const rivals: Record<string, () => Promise<unknown>> = {
    updates: () => change({ content: `theirs ${runtime.newId()}` }),
    weighs: () => change({ importance: 1 }),
    moves: () => change({ scope: "/away" }),
    forgets: () => forgetRecords({ ...any, ids: ["r"] }, any, storage),
    merges: () => save([merging(`theirs ${runtime.newId()}`)]),
    replaces: () => save([replacing(`theirs ${runtime.newId()}`)]),
    repeats: () => save([repeating(`theirs ${runtime.newId()}`)]),
  };
  const change = (patch: object) =>
    updateRecord("r", parsePatch(patch), all, { storage, embed, runtime }).catch(() => {});
  const texts = async () =>
    (await storage.list({ filter: any, limit: 999, offset: 0 })).map(({ content }) => content);
  /** What a reader can still get at: current records and what they replaced. */
  const findable = async () => {
    const current = await storage.list({ filter: all, limit: 999, offset: 0 });
    const former = await formerVersions(
      storage,
      current.map(({ id }) => id),
      all,
    );
    return [...current, ...former].map(({ content }) => content);
  };
  return { runtime, storage, save, rivals, texts, findable };
}

/** Runs `acts[n]` just before the n-th call that passes through. */
function disturbed(
  storage: StorageBackend,
  acts: readonly (() => Promise<unknown>)[],
): StorageBackend {
  const left = [...acts];
  return {
    ...storage,
    get: async (...args) => {
      await left.shift()?.();
      return storage.get(...args);
    },
    write: async (...args) => {
      await left.shift()?.();
      return storage.write(...args);
    },
  };
}

const nobody = async () => {};
const rivalNames = ["updates", "weighs", "moves", "forgets", "merges", "replaces", "repeats"];

describe("writePlans", () => {
  test("writes the plans of a batch at once, and reads nothing where nothing else is touched", async () => {
    const { storage, save, findable } = await setUp();
    const writes: number[] = [];
    const only: StorageBackend = {
      ...storage,
      get: () => Promise.reject(new Error("read")),
      write: async (batch) => {
        writes.push(batch.put.length);
        await storage.write(batch);
      },
    };
    await save([{ content: "one" }, { content: "two" }], only);
    expect(writes).toEqual([2]);
    expect((await findable()).sort()).toEqual(["old r", "old s", "one", "two"]);
  });

  test("leaves one current record of a merge, with both texts in its history", async () => {
    const { storage, save } = await setUp();
    const [plan] = await save([merging("draft")]);
    expect(plan?.holder).toMatchObject({ id: "r", content: "merged draft", revision: 2 });
    expect(await storage.get(["r"])).toEqual([plan?.holder]);
    const former = await formerVersions(storage, ["r"], all);
    expect(former.map(({ content }) => content).sort()).toEqual(["draft", "old r"]);
    expect(await storage.count(all)).toBe(2);
  });

  test("answers as of any moment with exactly one version of a record that is merged again and again", async () => {
    const { runtime, storage, save } = await setUp();
    const contents = [];
    const moments = [new Date(+runtime.now() - 1)];
    for (const content of ["one", "two", "three"]) {
      await save([merging(content)]);
      moments.push(runtime.now());
      runtime.advance(1000);
    }
    for (const asOf of moments) {
      const found = await storage.list({ filter: { ...all, asOf }, limit: 9, offset: 0 });
      contents.push(found.map(({ content }) => content).sort());
    }
    expect(contents).toEqual([
      ["old r", "old s"],
      ["merged one", "old s"],
      ["merged two", "old s"],
      ["merged three", "old s"],
    ]);
  });

  test("shows the draft's history through the draft, where it replaced a record and another holds it", async () => {
    const { save, findable } = await setUp();
    await save([{ content: "draft", actions: [{ action: "delete", id: "r" }], heldBy: "s" }]);
    expect((await findable()).sort()).toEqual(["draft", "old r", "old s"]);
  });

  test.each(rivalNames.filter((name) => name !== "repeats" && name !== "weighs"))(
    "inserts a draft that a record was to hold as it is, which somebody %s meanwhile",
    async (name) => {
      const { storage, save, rivals } = await setUp();
      const rival = rivals[name] as () => Promise<unknown>;
      const [plan] = await save([repeating("draft")], disturbed(storage, [nobody, rival]));
      expect(plan?.holder).toBeUndefined();
      expect(await storage.get([plan?.own.id ?? ""], all)).toMatchObject([{ content: "draft" }]);
    },
  );

  test("lets the change of a faster writer stand, and tells nothing that did not come true", async () => {
    const { storage, save, rivals } = await setUp();
    for (const intent of [merging("draft"), replacing("draft")]) {
      const [plan] = await save([intent], disturbed(storage, [nobody, rivals.updates ?? nobody]));
      expect(plan).toMatchObject({ holder: undefined, changed: [] });
      expect((await storage.get(["r"], all))[0]?.content).toMatch(/^theirs/);
    }
  });

  test.each([merging, adding, replacing, repeating])(
    "keeps nothing of a record that was forgotten in a race (%#)",
    async (intent) => {
      const { storage, save, rivals, texts } = await setUp();
      const forget = rivals.forgets ?? nobody;
      await save([intent("draft")], disturbed(storage, [nobody, forget]));
      expect((await texts()).sort()).toEqual(["draft", "old s"]);
    },
  );

  test("answers with what is stored, whatever others do while it writes", async () => {
    const { storage, save, rivals } = await setUp();
    const acts = [nobody, rivals.merges ?? nobody];
    const plans = await save([merging("draft"), { content: "two" }], disturbed(storage, acts));
    const told = plans.map(({ own, holder }) => holder ?? own);
    const ids = told.map(({ id }) => id);
    expect(await storage.get(ids)).toEqual(told);
  });
});

describe("planning and writing among other writers", () => {
  test("leave every text findable, current or in the history of a current record, unless it was forgotten", async () => {
    const act = fc.constantFrom("nobody", ...rivalNames);
    const intent = fc.constantFrom(merging, adding, replacing, repeating);
    const acts = fc.array(fc.array(act, { maxLength: 2 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(intent, acts, async (intent, acts) => {
        const { runtime, storage, save, rivals, texts, findable } = await setUp();
        const forgotten = new Set<string>();
        const expected = new Set(["old r", "old s", "draft"]);
        const run = async (names: readonly string[]) => {
          for (const name of names) {
            const before = await texts();
            await rivals[name]?.();
            runtime.advance(1);
            const after = await texts();
            for (const text of after) expected.add(text);
            for (const text of before) if (!after.includes(text)) forgotten.add(text);
          }
        };
        await save(
          [intent("draft")],
          disturbed(
            storage,
            acts.map((names) => () => run(names)),
          ),
        );
        const kept = await findable();
        for (const text of expected) if (!forgotten.has(text)) expect(kept).toContain(text);
        for (const text of forgotten) expect(await texts()).not.toContain(text);
      }),
      { numRuns: 600 },
    );
  });
});

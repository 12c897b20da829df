import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RecordFilter } from "../domain/record-filter.ts";
import { unitVector } from "../domain/vector.ts";
import { formerVersions } from "../storage/former-versions.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { unexpiredStorage } from "../storage/unexpired-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { newRecord, parseDraft } from "./draft.ts";
import { forgetRecords } from "./forget-records.ts";
import { parsePatch, type RecordPatch, updateRecord } from "./update-record.ts";

const all: RecordFilter = { visibleTo: "all" };
const vectorOf = (text: string) => unitVector([text.length, 1]);

/** A storage with the one record "a", an hour old, and what it takes to update it. */
async function setUp() {
  const runtime = manualRuntime();
  const storage = inMemoryStorage({ runtime });
  await storage.open({ dimensions: 2, embedder: "test" });
  const draft = {
    ...parseDraft("old", { scope: "/team", source: "alice" }),
    vector: vectorOf("old"),
  };
  const first = newRecord(draft, {}, { id: "a", now: runtime.now(), defaultImportance: 0.5 });
  await storage.write({ put: [first], remove: [] });
  runtime.advance(3_600_000);
  const embedded: string[] = [];
  const embed = async (texts: readonly string[]) => {
    embedded.push(...texts);
    return texts.map(vectorOf);
  };
  const update = (patch: RecordPatch, through: StorageBackend = storage, filter = all) =>
    updateRecord("a", parsePatch(patch), filter, { storage: through, embed, runtime });
  const history = () => formerVersions(storage, ["a"], all);
  return { runtime, storage, first, embedded, embed, update, history };
}

/** Lets another writer win just before each of the first `races` writes that pass through. */
function losing(
  storage: StorageBackend,
  races: number,
  win: () => Promise<unknown>,
): StorageBackend {
  let left = races;
  return {
    ...storage,
    async write(batch) {
      if (left-- > 0) await win();
      await storage.write(batch);
    },
  };
}

describe("updateRecord", () => {
  test("changes what the patch names and nothing else", async () => {
    const { storage, first, embedded, update, history } = await setUp();
    const { vector, ...before } = first;
    const after = { ...before, importance: 0.9, categories: ["food"], scope: "/new", revision: 2 };
    expect(await update({ importance: 0.9, categories: ["food"], scope: "new/" })).toEqual(after);
    expect(await storage.get(["a"], all)).toEqual([{ ...after, vector }]);
    expect(await history()).toEqual([]);
    expect(embedded).toEqual([]);
  });

  test("replaces metadata as a whole", async () => {
    const { update } = await setUp();
    await update({ metadata: { a: 1, b: 2 } });
    expect(await update({ metadata: { b: 3 } })).toMatchObject({ metadata: { b: 3 }, revision: 3 });
  });

  test("embeds new content and keeps the old beside it, superseded", async () => {
    const { runtime, storage, first, embedded, update, history } = await setUp();
    const now = runtime.now();
    const updated = await update({ content: "newer" });
    expect(updated).toMatchObject({ content: "newer", updatedAt: now, createdAt: first.createdAt });
    expect(embedded).toEqual(["newer"]);
    const [stored] = await storage.get(["a"]);
    expect(stored?.vector).toEqual(vectorOf("newer"));
    expect(await history()).toMatchObject([
      { content: "old", supersededBy: "a", supersededAt: now, updatedAt: first.updatedAt },
    ]);
    expect(await storage.count(all)).toBe(1);
  });

  test("answers as of any moment with exactly one version", async () => {
    const { runtime, storage, update } = await setUp();
    const contents = async (asOf: Date) =>
      (await storage.list({ filter: { ...all, asOf }, limit: 9, offset: 0 })).map((r) => r.content);
    const before = new Date(runtime.now().getTime() - 1);
    await update({ content: "second" });
    const between = runtime.now();
    runtime.advance(1);
    await update({ content: "third" });
    expect(await contents(before)).toEqual(["old"]);
    expect(await contents(between)).toEqual(["second"]);
    expect(await contents(runtime.now())).toEqual(["third"]);
  });

  test("keeps no former version where the content stays what it was", async () => {
    const { first, update, history } = await setUp();
    const updated = await update({ content: "old", importance: 1 });
    expect(updated).toMatchObject({ importance: 1, revision: 2, updatedAt: first.updatedAt });
    expect(await history()).toEqual([]);
  });

  test("tells a record that the filter hides like one that is missing", async () => {
    const { storage, update, embed, runtime } = await setUp();
    const hidden = [
      { visibleTo: "all", ids: ["b"] },
      { visibleTo: "all", state: "superseded" },
    ] as const;
    const missing = updateRecord("b", parsePatch({ importance: 1 }), all, {
      storage,
      embed,
      runtime,
    });
    const expected = {
      code: "NOT_FOUND",
      message: "No current record with this id is visible to you.",
    };
    await expect(missing).rejects.toMatchObject({ ...expected, details: { id: "b" } });
    for (const filter of hidden)
      await expect(update({ importance: 1 }, storage, filter)).rejects.toMatchObject(expected);
  });

  test("applies the patch again to what a faster writer left, so that neither change is lost", async () => {
    const { storage, update, history } = await setUp();
    const rival = losing(storage, 1, () => update({ importance: 1 }));
    expect(await update({ content: "newer" }, rival)).toMatchObject({
      content: "newer",
      importance: 1,
      revision: 3,
    });
    expect(await storage.get(["a"])).toMatchObject([{ content: "newer", importance: 1 }]);
    expect((await history()).map(({ content }) => content)).toContain("old");
  });

  test("keeps the text of each of two writers in a race", async () => {
    const { storage, update, history } = await setUp();
    const rival = losing(storage, 1, () => update({ content: "theirs" }));
    expect(await update({ content: "mine" }, rival)).toMatchObject({
      content: "mine",
      revision: 3,
    });
    const former = (await history()).map(({ content }) => content);
    expect(former.sort()).toEqual(["old", "theirs"]);
  });

  test("leaves one version for each moment, whatever others change in a race", async () => {
    const theirs = fc.record(
      { content: fc.constantFrom("their", "other"), importance: fc.constantFrom(0, 1) },
      { requiredKeys: [] },
    );
    const changes = fc.array(
      theirs.filter((patch) => Object.keys(patch).length > 0),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(changes, async (changes) => {
        const { runtime, storage, update } = await setUp();
        const moments = [new Date(runtime.now().getTime() - 1)];
        const left = [...changes];
        const win = async () => {
          await update(left.shift() as RecordPatch);
          moments.push(runtime.now());
          runtime.advance(1000);
        };
        await update({ content: "mine" }, losing(storage, changes.length, win));
        moments.push(runtime.now());
        for (const asOf of moments)
          expect(await storage.count({ ...all, asOf }), asOf.toISOString()).toBe(1);
      }),
    );
  });

  test("finds the record gone where a faster writer deleted it", async () => {
    const { storage, update } = await setUp();
    const rival = losing(storage, 1, () => storage.write({ put: [], remove: ["a"] }));
    await expect(update({ importance: 1 }, rival)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await storage.get(["a"])).toEqual([undefined]);
  });

  test("leaves nothing of a record that was forgotten in a race", async () => {
    const { storage, update } = await setUp();
    const forget = () => forgetRecords({ ...all, ids: ["a"] }, all, storage);
    const late = update({ content: "newer" }, losing(storage, 1, forget));
    await expect(late).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await storage.count({ visibleTo: "all", state: "any" })).toBe(0);
  });

  test("lets a record and all its history expire at the moment that the patch names", async () => {
    const { runtime, storage, update, history } = await setUp();
    await update({ content: "second" });
    const expiresAt = new Date(+runtime.now() + 1000);
    expect(await update({ content: "third", expiresAt })).toMatchObject({ expiresAt });
    expect((await history()).map((each) => each.expiresAt)).toEqual([expiresAt, expiresAt]);
    const expired = { ...all, state: "any", expiredAt: expiresAt } as const;
    expect(await storage.count(expired)).toBe(3);
    await update({ expiresAt: null });
    expect(await storage.count(expired)).toBe(0);
  });

  test("lets no text outlive the record, whoever changes it in a race", async () => {
    const { runtime, storage, update } = await setUp();
    const expiresAt = new Date(+runtime.now() + 1000);
    for (const theirs of [{ content: "theirs" }, { importance: 1 }]) {
      const rival = losing(storage, 1, () => update(theirs));
      await update({ content: `mine, not ${JSON.stringify(theirs)}`, expiresAt }, rival);
    }
    const counted = { ...all, state: "any" } as const;
    expect(await storage.count({ ...counted, aliveAt: expiresAt })).toBe(0);
    expect(await storage.count(counted)).toBeGreaterThan(2);
  });

  test("answers with a record that the patch lets expire at once", async () => {
    const { runtime, storage, update } = await setUp();
    const now = runtime.now();
    const through = unexpiredStorage(storage, runtime.now);
    expect(await update({ expiresAt: now }, through)).toMatchObject({ expiresAt: now });
    await expect(update({ expiresAt: null }, through)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("says so when it never wins", async () => {
    const { storage, update } = await setUp();
    let n = 0;
    const rival = losing(storage, 1000, () => update({ importance: ++n / 1000 }));
    await expect(update({ content: "mine" }, rival)).rejects.toMatchObject({
      code: "WRITE_UNKNOWN",
    });
    expect(n).toBeLessThan(20);
  });

  test("lists versions replaced in one millisecond newest first", async () => {
    const { update, history } = await setUp();
    for (let i = 1; i <= 11; i++) await update({ content: `text ${i}` });
    const newestFirst = [...Array.from({ length: 10 }, (_, i) => `text ${10 - i}`), "old"];
    expect((await history()).map(({ content }) => content)).toEqual(newestFirst);
  });

  test("changes nothing where the embedder fails", async () => {
    const { storage, first, runtime } = await setUp();
    const embed = () => Promise.reject(new Error("down"));
    const tools = { storage, embed, runtime };
    await expect(updateRecord("a", parsePatch({ content: "x" }), all, tools)).rejects.toThrow(
      "down",
    );
    expect(await storage.get(["a"])).toEqual([first]);
  });
});

describe("parsePatch", () => {
  test.each([
    ["patch", {}],
    ["patch", { content: undefined }],
    ["patch", { id: "b" }],
    ["patch", { source: "bob" }],
    ["patch", { private: false }],
    ["patch", undefined],
    ["patch", null],
    ["content", { content: " " }],
    ["scope", { scope: ".." }],
    ["categories", { categories: [1] }],
    ["metadata", { metadata: null }],
    ["importance", { importance: -1 }],
    ["expiresAt", { expiresAt: "2026-01-01" }],
    ["expiresAt", { expiresAt: new Date(Number.NaN) }],
  ])("refuses, naming %s, the patch %j", (field, patch) => {
    expect(() => parsePatch(patch)).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", details: { field } }),
    );
  });
});

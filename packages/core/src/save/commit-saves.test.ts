import { describe, expect, test } from "vitest";
import { MemoryError } from "../domain/memory-error.ts";
import { embedTexts } from "../embed/embed-texts.ts";
import { type Ask, askModel } from "../model/ask-model.ts";
import type { SaveQuestion } from "../prompts/save-drafts.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import type { WriteBatch } from "../storage/storage-backend.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { commitSaves, type SaveOutput, type SaveTools } from "./commit-saves.ts";
import { consultModel } from "./consult-model.ts";
import { parseDraft, type RememberOptions } from "./draft.ts";

type Answer = (question: SaveQuestion) => unknown;
type Call = readonly [texts: readonly string[], options?: RememberOptions];

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const refusedText = "a text that the embedder refuses";
const all = { visibleTo: "all", state: "any" } as const;

const filing: Answer = ({ drafts }) => ({
  drafts: drafts.map(({ draft, similar = [] }) => ({
    draft,
    records: similar.map(({ record }) => ({ record, action: "keep", content: null })),
    insert: true,
  })),
});
/** Says that what is like a record is held by it. */
const knowing: Answer = (question) => {
  const { drafts } = filing(question) as { drafts: object[] };
  return {
    drafts: drafts.map((each, i) => ({ ...each, insert: !question.drafts[i]?.similar })),
  };
};

async function setUp(answer?: Answer, given: Partial<SaveTools> = {}) {
  const runtime = manualRuntime();
  const storage = inMemoryStorage({ runtime });
  await storage.open({ dimensions: 27, embedder: "letters" });
  const writes: WriteBatch[] = [];
  const questions: SaveQuestion[] = [];
  const fallbacks: { operations: readonly number[]; code: string }[] = [];
  const embedder = scriptedEmbedder((texts) =>
    texts.includes(refusedText) ? Promise.reject(new Error("too long")) : undefined,
  );
  const model = {
    id: "test",
    async generate({ prompt }: { prompt: string }) {
      const question = JSON.parse(prompt) as SaveQuestion;
      questions.push(question);
      return { value: await answer?.(question) };
    },
  };
  const ask: Ask = async (question, signal) =>
    (await askModel(model, question, { timeoutMs: 100, runtime, signal })).value;
  const tools: SaveTools = {
    storage: {
      ...storage,
      write: async (batch) => {
        writes.push(batch);
        await storage.write(batch);
      },
    },
    providersFor: () => ({
      embed: (texts, signal) => embedTexts(embedder, texts, { timeoutMs: 100, runtime, signal }),
      ask: answer && ask,
    }),
    consult: answer && consultModel,
    onFallback: (operations, { code }) => void fallbacks.push({ operations, code }),
    runtime,
    settings: {
      consolidationThreshold: 0.85,
      consolidationLimit: 5,
      analysisBatchSize: 2,
      batchDedupThreshold: 0.999,
      defaultImportance: 0.5,
      timeZone: "UTC",
    },
    ...given,
  };
  /** Commits calls as one group; an outcome for each, and whatever the commit itself rejects with. */
  async function commit(...calls: Call[]) {
    const stored: string[] = [];
    const pending = calls.map(([texts, options = {}], i) => {
      const { promise, resolve, reject } = Promise.withResolvers<SaveOutput>();
      const drafts = texts.map((text) => parseDraft(text, options));
      const onStored = (id: string) => void stored.push(id);
      const input = { operation: i + 1, drafts, signal: options.signal, onStored };
      return { promise, save: { input, weight: drafts.length, resolve, reject } };
    });
    const outcomes = Promise.allSettled(pending.map(({ promise }) => promise));
    const saves = pending.map(({ save }) => save);
    await commitSaves(saves, tools).catch((error) => {
      for (const { reject } of saves) reject(error); // as the write queue does
    });
    return { outcomes: await outcomes, stored };
  }
  const contents = async () =>
    (await storage.list({ filter: all, limit: 99, offset: 0 }))
      .map(({ content }) => content)
      .sort();
  return { runtime, storage, commit, contents, writes, questions, fallbacks };
}

const contentsOf = (outcome: PromiseSettledResult<SaveOutput> | undefined) =>
  outcome?.status === "fulfilled" ? outcome.value.records.map(({ content }) => content) : outcome;
const asked = (questions: readonly SaveQuestion[]) =>
  questions.map(({ drafts }) => drafts.map(({ content }) => content));

describe("commitSaves", () => {
  test("without a model writes everything of a group at once", async () => {
    const { commit, writes } = await setUp();
    const { outcomes } = await commit([["aaa", "bbb"]], [["ccc"]]);
    expect(outcomes.map(contentsOf)).toEqual([["aaa", "bbb"], ["ccc"]]);
    expect(writes.map(({ put }) => put.length)).toEqual([3]);
  });

  test("with a model asks about the drafts of all calls together, one batch after another", async () => {
    const { commit, writes, questions } = await setUp(filing);
    const { outcomes, stored } = await commit([["aaa", "bbb", "ccc"]], [["ddd"]]);
    expect(outcomes.map(contentsOf)).toEqual([["aaa", "bbb", "ccc"], ["ddd"]]);
    expect(asked(questions)).toEqual([
      ["aaa", "bbb"],
      ["ccc", "ddd"],
    ]);
    expect(writes).toHaveLength(2);
    expect(stored).toHaveLength(4);
  });

  test("shows a draft the earlier one that it is like, which is stored by then", async () => {
    const { commit, questions } = await setUp(knowing);
    const { outcomes } = await commit([["aabbccdd", "zzz"]], [["aabbccdde"]]);
    expect(asked(questions)).toEqual([["aabbccdd", "zzz"], ["aabbccdde"]]);
    expect(questions[1]?.drafts[0]?.similar).toMatchObject([{ content: "aabbccdd" }]);
    expect(contentsOf(outcomes[1])).toEqual(["aabbccdd"]);
  });

  test("tells for each call what was dropped, merged and replaced, by the places it gave", async () => {
    const replacing: Answer = ({ drafts }) => ({
      drafts: drafts.map(({ draft, content, similar = [] }) => ({
        draft,
        records: similar.map(({ record }) => ({
          record,
          action: content === "zzzy" ? "delete" : "keep",
          content: null,
        })),
        insert: !content.startsWith("aabbccdd") || similar.length === 0,
      })),
    });
    const { commit } = await setUp(replacing);
    const { outcomes } = await commit([["zzz", "zzz", "aabbccdd", "aabbccdde", "zzzy"]]);
    const [outcome] = outcomes;
    if (outcome?.status !== "fulfilled") throw outcome?.reason;
    const { records, dropped, merged, replaced } = outcome.value;
    const [first, second, third, fourth] = records;
    expect(records).toHaveLength(4);
    expect(dropped).toMatchObject([{ index: 1, duplicateOf: 0 }]);
    expect(third).toEqual(second);
    expect(merged).toEqual([{ index: 3, into: second?.id }]);
    expect(fourth?.content).toBe("zzzy");
    expect(replaced).toEqual([first?.id]);
  });

  test("waits two timeouts for a silent model, not two for each batch", async () => {
    const { commit, runtime, questions, fallbacks } = await setUp(() => new Promise(() => {}));
    const facts = [..."abcdefghij"].map((letter) => letter.repeat(3));
    const saved = commit([facts.slice(0, 4)], [facts.slice(4)]);
    for (const ms of [100, 100]) {
      await turn();
      runtime.advance(ms);
    }
    const { outcomes } = await saved;
    expect(outcomes.map(contentsOf)).toEqual([facts.slice(0, 4), facts.slice(4)]);
    expect(questions).toHaveLength(3);
    expect(fallbacks.flatMap(({ operations }) => operations)).toEqual([1, 1, 2, 2, 2]);
  });

  test("asks again in the next group, because a silent model may have come back", async () => {
    let isSilent = true;
    const { commit, runtime, fallbacks } = await setUp((question) =>
      isSilent ? new Promise(() => {}) : filing(question),
    );
    const saved = commit([["aaa", "bbb"]]);
    for (const ms of [100, 100]) {
      await turn();
      runtime.advance(ms);
    }
    await saved;
    isSilent = false;
    await commit([["ccc"]]);
    expect(fallbacks).toHaveLength(1);
  });
});

describe("commitSaves, where something fails", () => {
  test("rejects what is not stored yet, where a write fails, and keeps what is", async () => {
    const error = new MemoryError("STORAGE_UNAVAILABLE", "Gone.");
    let writes = 0;
    const { storage, contents } = await setUp();
    const failing = {
      ...storage,
      write: async (batch: WriteBatch) => {
        if (writes++ > 0) throw error;
        await storage.write(batch);
      },
    };
    const again = await setUp(filing, { storage: failing });
    const { outcomes, stored } = await again.commit([["aaa"]], [["bbb", "ccc"]]);
    expect(contentsOf(outcomes[0])).toEqual(["aaa"]);
    expect(outcomes[1]).toMatchObject({ reason: error });
    expect(stored).toHaveLength(2);
    expect(await contents()).toEqual(["aaa", "bbb"]);
  });

  test("saves every draft where the model's merged text cannot be embedded", async () => {
    const merging: Answer = ({ drafts }) => ({
      drafts: drafts.map(({ draft, similar = [] }) => ({
        draft,
        records: similar.map(({ record }) => ({ record, action: "update", content: refusedText })),
        insert: similar.length === 0,
      })),
    });
    const { commit, fallbacks } = await setUp(merging);
    const { outcomes } = await commit([["aabbccdd", "zzz"]], [["aabbccdde"]]);
    expect(outcomes.map(contentsOf)).toEqual([["aabbccdd", "zzz"], ["aabbccdde"]]);
    expect(fallbacks).toEqual([{ operations: [2], code: "EMBEDDING_FAILED" }]);
  });

  test("writes nothing of a call that was aborted while the model thought, and serves the others", async () => {
    const abort = new AbortController();
    const { commit, contents } = await setUp((question) => {
      abort.abort();
      return filing(question);
    });
    const { outcomes } = await commit([["aaa"], { signal: abort.signal }], [["bbb"]]);
    expect(outcomes[0]).toMatchObject({ reason: { code: "ABORTED" } });
    expect(contentsOf(outcomes[1])).toEqual(["bbb"]);
    expect(await contents()).toEqual(["bbb"]);
  });

  test("goes on with the next batch where nobody waits for one any more", async () => {
    const abort = new AbortController();
    const { commit, contents } = await setUp((question) => {
      if (!question.drafts.some(({ content }) => content === "aaa")) return filing(question);
      abort.abort();
      return new Promise(() => {});
    });
    const { outcomes } = await commit([["aaa", "bbb", "ccc"], { signal: abort.signal }], [["ddd"]]);
    expect(outcomes[0]).toMatchObject({ reason: { code: "ABORTED" } });
    expect(contentsOf(outcomes[1])).toEqual(["ddd"]);
    expect(await contents()).toEqual(["ddd"]);
  });

  test("begins nothing for a call that was aborted before", async () => {
    const { commit, writes } = await setUp(filing);
    const { outcomes } = await commit([["aaa"], { signal: AbortSignal.abort() }]);
    expect(outcomes).toMatchObject([{ reason: { code: "ABORTED" } }]);
    expect(writes).toEqual([]);
  });

  test("rejects all where the model cannot be used at all", async () => {
    const missing = new MemoryError("NOT_SUPPORTED", "Set a key.");
    const { commit, contents } = await setUp(() => Promise.reject(missing));
    const { outcomes } = await commit([["aaa"]], [["bbb"]]);
    expect(outcomes).toMatchObject([{ reason: missing }, { reason: missing }]);
    expect(await contents()).toEqual([]);
  });
});

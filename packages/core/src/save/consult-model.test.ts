import { describe, expect, test } from "vitest";
import { MemoryError } from "../domain/memory-error.ts";
import { parseScope } from "../domain/scope.ts";
import { unitVector } from "../domain/vector.ts";
import { type Ask, askModel } from "../model/ask-model.ts";
import { untilSilent } from "../model/until-silent.ts";
import type { SaveQuestion } from "../prompts/save-drafts.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { type ConsultTools, consultModel } from "./consult-model.ts";
import { newRecord, parseDraft, type RememberOptions } from "./draft.ts";
import type { ComparedDraft } from "./find-similar.ts";

const now = new Date("2026-03-01T12:00:00.000Z");
const vector = unitVector([1, 0]);
const everything = { scope: "/s", categories: ["c"], metadata: {}, importance: 1 };

function compared(
  content: string,
  options: RememberOptions = {},
  similar: readonly string[] = [],
): ComparedDraft {
  const when = { now: new Date("2026-02-01"), defaultImportance: 0.5 };
  const records = similar.map((id) =>
    newRecord({ ...parseDraft(`text of ${id}`, {}), vector }, {}, { ...when, id }),
  );
  return { ...parseDraft(content, options), vector, similar: records };
}

type Answer = (question: SaveQuestion, signal?: AbortSignal) => unknown;

function setUp(answer: Answer, given: Partial<ConsultTools> = {}) {
  const questions: SaveQuestion[] = [];
  const fallbacks: MemoryError[] = [];
  const read: unknown[] = [];
  const ask: Ask = async ({ prompt }, signal) => {
    const question = JSON.parse(prompt) as SaveQuestion;
    questions.push(question);
    return answer(question, signal);
  };
  const scopes = ["/plans", "/plans/old"].map((path) => parseScope(path));
  const storage: ConsultTools["storage"] = {
    scopes: async (filter) => {
      read.push(filter);
      return scopes.map((scope) => ({ scope, count: 1, oldest: now, newest: now }));
    },
    categories: async () => new Map([["plan", 1]]),
  };
  const onFallback = (error: MemoryError) => void fallbacks.push(error);
  const tools = {
    storage,
    ask,
    now,
    timeZone: "UTC",
    signal: undefined,
    onFallback,
    ...given,
  };
  return { tools, questions, fallbacks, read };
}

/** Weighs each draft by its place in the question. */
const weighing: Answer = ({ drafts }) => ({
  drafts: drafts.map(({ draft }) => ({ draft, importance: draft / 10 })),
});
const weights = (advices: Awaited<ReturnType<typeof consultModel>>) =>
  advices.map(({ fields }) => fields.importance);
const failed = (cause?: unknown) => new MemoryError("MODEL_FAILED", "It failed.", { cause });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("consultModel", () => {
  test("asks about all drafts in one call, and shows whole records but no id of any", async () => {
    const { tools, questions, fallbacks } = setUp(weighing);
    const drafts = [
      compared("one", { agentRole: "planner" }, ["r1", "r2"]),
      compared("two", { ...everything, importance: undefined }),
    ];
    expect(weights(await consultModel(drafts, tools))).toEqual([0.1, 0.2]);
    expect(fallbacks).toEqual([]);
    expect(questions).toEqual([
      {
        today: "2026-03-01",
        scopes: ["/plans", "/plans/old"],
        categories: ["plan"],
        drafts: [
          {
            draft: 1,
            content: "one",
            rememberedBy: "planner",
            wanted: ["scope", "categories", "importance", "metadata"],
            similar: [
              { record: 1, content: "text of r1", since: "2026-02-01" },
              { record: 2, content: "text of r2", since: "2026-02-01" },
            ],
          },
          { draft: 2, content: "two", wanted: ["importance"] },
        ],
      },
    ]);
  });

  test("says since when a draft was known that is brought in later", async () => {
    const { tools, questions } = setUp(weighing);
    await consultModel([compared("one", { createdAt: new Date("2019-05-05") })], tools);
    expect(questions[0]).toMatchObject({ today: "2026-03-01", drafts: [{ since: "2019-05-05" }] });
  });

  test("asks nothing and reads nothing where all is given and nothing is similar", async () => {
    const { tools, questions, read } = setUp(weighing);
    const drafts = [compared("one", everything), compared("two", everything)];
    const nothing = { fields: {}, actions: [], heldBy: null };
    expect(await consultModel(drafts, tools)).toEqual([nothing, nothing]);
    expect(await consultModel([], tools)).toEqual([]);
    expect([questions, read]).toEqual([[], []]);
  });

  test("asks about those drafts alone that leave something to ask, and numbers them anew", async () => {
    const { tools, questions } = setUp(weighing);
    const drafts = [compared("given", everything), compared("open"), compared("also open")];
    expect(weights(await consultModel(drafts, tools))).toEqual([undefined, 0.1, 0.2]);
    expect(questions[0]?.drafts.map(({ content }) => content)).toEqual(["open", "also open"]);
  });

  test("asks about a draft with everything given that is like a record, and tells no places", async () => {
    const { tools, questions } = setUp(({ drafts }) => ({
      drafts: drafts.map(({ draft }) => ({
        draft,
        importance: 0.1,
        records: [{ record: 1, action: "keep", content: null }],
        insert: false,
      })),
    }));
    const [advice] = await consultModel([compared("one", everything, ["r1"])], tools);
    expect(advice).toEqual({ fields: everything, actions: [], heldBy: "r1" });
    expect(questions[0]).toMatchObject({ scopes: [], categories: [], drafts: [{ wanted: [] }] });
  });

  test("reads what the readers of the drafts may see, inside of their root", async () => {
    const { tools, read } = setUp(weighing);
    const options = { source: "alice", private: true, rootScope: "/team" };
    await consultModel([compared("one", options)], tools);
    expect(read).toEqual([{ visibleTo: { source: "alice" }, scopes: ["/team"] }]);
  });

  test("settles what two drafts claim", async () => {
    const { tools } = setUp(({ drafts }) => ({
      drafts: drafts.map(({ draft }) => ({
        draft,
        records: [{ record: 1, action: "delete", content: null }],
        insert: true,
      })),
    }));
    const drafts = [compared("one", {}, ["r"]), compared("two", {}, ["r"])];
    const advices = await consultModel(drafts, tools);
    expect(advices.map(({ actions }) => actions)).toEqual([[{ action: "delete", id: "r" }], []]);
  });
});

describe("consultModel, where a call fails", () => {
  const three = [compared("one"), compared("two"), compared("three")];

  test.each<[string, Answer]>([
    ["rejects", () => Promise.reject(failed())],
    ["answers nothing", () => undefined],
    ["answers for other drafts", () => ({ drafts: [{ draft: 7 }, { draft: 8 }, { draft: 9 }] })],
    ["answers for no draft", () => ({ drafts: [] })],
  ])("asks about each draft once more, alone, where the model %s for many", async (_, fails) => {
    const { tools, questions, fallbacks } = setUp((question) =>
      (question.drafts.length > 1 ? fails : weighing)(question),
    );
    expect(weights(await consultModel(three, tools))).toEqual([0.1, 0.1, 0.1]);
    expect(questions.map(({ drafts }) => drafts.length)).toEqual([3, 1, 1, 1]);
    expect(fallbacks).toEqual([]);
  });

  test("asks once more about those drafts alone that the answer leaves out", async () => {
    const { tools, questions } = setUp(({ drafts }) => ({
      drafts: [{ draft: 1, importance: drafts.length / 10 }],
    }));
    expect(weights(await consultModel(three, tools))).toEqual([0.3, 0.1, 0.1]);
    expect(questions.slice(1).map(({ drafts }) => drafts[0]?.content)).toEqual(["two", "three"]);
  });

  test("saves as given what is refused alone too, and tells it once", async () => {
    const refusal = failed("refused");
    const { tools, fallbacks } = setUp((question) => {
      if (question.drafts.some(({ content }) => content !== "two")) throw refusal;
      return weighing(question);
    });
    expect(weights(await consultModel(three, tools))).toEqual([undefined, 0.1, undefined]);
    expect(fallbacks).toEqual([refusal]);
  });

  test("does not ask twice about a draft that was alone in the first call", async () => {
    const { tools, questions, fallbacks } = setUp(() => ({ drafts: "none" }));
    await consultModel([compared("one"), compared("given", everything)], tools);
    expect(questions).toHaveLength(1);
    expect(fallbacks).toMatchObject([{ code: "MODEL_FAILED" }]);
  });

  test("waits two timeouts for a silent model, however many drafts and batches there are", async () => {
    const runtime = manualRuntime();
    const started: number[] = [];
    const silent = {
      id: "silent",
      generate: () => {
        started.push(+runtime.now());
        return new Promise<never>(() => {});
      },
    };
    const ask = untilSilent()((question, signal) =>
      askModel(silent, question, { timeoutMs: 100, runtime, signal }),
    );
    const { tools, fallbacks } = setUp(weighing, { ask });
    const many = Array.from({ length: 50 }, (_, i) => compared(`${i}`));
    let settled = 0;
    const advices = consultModel(many, tools).finally(() => settled++);
    for (const ms of [100, 99]) {
      await turn();
      runtime.advance(ms);
    }
    await turn();
    expect(settled).toBe(0);
    runtime.advance(1);
    expect(weights(await advices)).toEqual(many.map(() => undefined));
    expect(new Set(started).size).toBe(2);
    const calls = started.length;
    expect(weights(await consultModel(three, tools))).toEqual(three.map(() => undefined));
    expect(started).toHaveLength(calls);
    expect(fallbacks).toMatchObject([{ code: "MODEL_FAILED" }, { code: "MODEL_FAILED" }]);
  });

  test.each([
    new MemoryError("ABORTED", "The call was aborted."),
    new MemoryError("NOT_SUPPORTED", "Set a key."),
  ])("passes on $code, from the first call and from a later one", async (error) => {
    const { tools, questions } = setUp(() => Promise.reject(error));
    await expect(consultModel(three, tools)).rejects.toBe(error);
    expect(questions).toHaveLength(1);
    const late = setUp(({ drafts }) => Promise.reject(drafts.length > 1 ? failed() : error));
    await expect(consultModel(three, late.tools)).rejects.toBe(error);
    expect(late.fallbacks).toEqual([]);
  });

  test("hands the signal to every call", async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const answer: Answer = (_, given) => void seen.push(given === signal);
    await consultModel(three, setUp(answer, { signal }).tools);
    expect(seen).toEqual([true, true, true, true]);
  });
});

import { MemoryError } from "@unimem/core";
import { manualRuntime } from "@unimem/core/testing";
import { describe, expect, test } from "vitest";
import type { AgentMemory } from "./agent-memory.ts";
import { expectAllHandled } from "./testing/expect-all-handled.ts";
import { match } from "./testing/match.ts";
import { testMemory } from "./testing/test-memory.ts";
import type { KeepingEvent, RetrievalEvent } from "./turn-events.ts";
import { turnMemory } from "./turn-memory.ts";

expectAllHandled();

function listening() {
  const events: (RetrievalEvent | KeepingEvent)[] = [];
  const listener = (event: RetrievalEvent | KeepingEvent) => void events.push(event);
  return { events, onRetrieval: listener, onKeeping: listener };
}

describe("a task", () => {
  test("is given what the memory holds about it, and leaves behind what is new", async () => {
    const { memory, runtime, asked, contents } = testMemory(() => [
      "Ana's dog is called Rex.",
      "Rex is ill.",
    ]);
    await memory.remember("Ana's dog is called Rex.", { source: "ana" });
    const { events, ...listeners } = listening();
    const turns = turnMemory({ memory, runtime, ...listeners });

    const turn = await turns.begin("How is Ana's dog?");
    expect(turn.matches.map(({ record }) => record.content)).toEqual(["Ana's dog is called Rex."]);
    expect(turn.block).toContain("Ana's dog is called Rex.");
    turn.end("Rex is ill.");
    expect(await contents()).toEqual(["Ana's dog is called Rex."]); // storing has not begun to be waited for
    await turns.drain();

    expect(asked).toEqual(["User: How is Ana's dog?\nAssistant: Rex is ill."]);
    expect(await contents()).toEqual(["Ana's dog is called Rex.", "Rex is ill."]);
    expect(events).toMatchObject([
      { type: "retrieval.started", task: turn.id, query: "How is Ana's dog?", at: runtime.now() },
      { type: "retrieval.completed", task: turn.id, block: turn.block, durationMs: 0 },
      {
        type: "keeping.completed",
        task: turn.id,
        contents: ["Rex is ill."],
        echoes: ["Ana's dog is called Rex."],
        at: runtime.now(),
      },
    ]);
  });

  test("is stored as it was said where there is no model to find statements", async () => {
    const { memory, contents } = testMemory();
    const turns = turnMemory({ memory, remember: { scope: "/chat", source: "ana" } });
    (await turns.begin("I live in Lisbon.")).end("Good to know.");
    await turns.drain();
    expect(await contents()).toEqual(["Assistant: Good to know.", "User: I live in Lisbon."]);
    const [record] = await memory.listRecords({ scope: "/chat" });
    expect(record?.source).toBe("ana");
  });

  test("does not pile up when it is asked again", async () => {
    const { memory, contents } = testMemory();
    const turns = turnMemory({ memory });
    for (let i = 0; i < 3; i++) {
      (await turns.begin("Where do I live?")).end("In Lisbon.");
      await turns.drain();
    }
    expect(await contents()).toEqual(["Assistant: In Lisbon.", "User: Where do I live?"]);
  });

  test("finds what was said again once it was replaced in between", async () => {
    const { memory, contents } = testMemory((text) => [text.split("\n")[0]?.slice(6) ?? ""]);
    const turns = turnMemory({ memory });
    const say = async (task: string) => {
      (await turns.begin(task)).end("I see.");
      await turns.drain();
    };
    await say("I live in Porto.");
    await say("I live in Lisbon.");
    await memory.forget({ scope: "/" });
    await say("I live in Porto.");
    expect(await contents()).toEqual(["I live in Porto."]);
  });

  test("keeps well-formed what a stream has cut in the middle of a character", async () => {
    const { memory, contents } = testMemory();
    const turns = turnMemory({ memory });
    (await turns.begin("Smile!")).end("😀".slice(0, 1));
    await turns.drain();
    expect(await contents()).toEqual(["Assistant: \ufffd", "User: Smile!"]);
  });

  test("is asked about by both of its ends where it is very long", async () => {
    const { memory } = testMemory();
    const { events, ...listeners } = listening();
    const turns = turnMemory({ memory, ...listeners });
    await turns.begin(`Mind this. ${"x".repeat(1_000_000)} What was it?`);
    const [started] = events as [RetrievalEvent];
    expect(started.query.length).toBeLessThan(8100);
    expect(started.query).toMatch(/^Mind this\. x+\n…\nx+ What was it\?$/);
  });

  test("asks nothing where nothing is said", async () => {
    const { events, ...listeners } = listening();
    const turns = turnMemory({ memory: failing(), ...listeners });
    expect((await turns.begin("  ")).block).toBe("");
    expect(events).toEqual([]);
  });
});

function failing(error: unknown = new MemoryError("STORAGE_UNAVAILABLE", "Gone.")): AgentMemory {
  return {
    recall: () => Promise.reject(error),
    rememberMany: () => Promise.reject(error),
    extractMemories: async (text) => [text],
  };
}

describe("a memory that fails", () => {
  test("leaves the task without memories, and only the listeners hear of it", async () => {
    const { events, ...listeners } = listening();
    const error = new Error("gone");
    const turns = turnMemory({ memory: failing(error), ...listeners });
    const turn = await turns.begin("Hello?");
    expect(turn).toMatchObject({ matches: [], block: "" });
    turn.end("Hi.");
    await turns.drain();
    expect(events.map(({ type }) => type)).toEqual([
      "retrieval.started",
      "retrieval.failed",
      "keeping.failed",
    ]);
    expect(events.slice(1)).toMatchObject([{ error }, { error }]);
  });

  test("may throw at once as well", async () => {
    const thrown = () => {
      throw new Error("at once");
    };
    const memory = { recall: thrown, rememberMany: thrown, extractMemories: thrown };
    const turns = turnMemory({ memory });
    (await turns.begin("Hello?")).end("Hi.");
    await turns.drain();
  });

  test("may be slow: the task goes on when the time is up, and the search is told to stop", async () => {
    const runtime = manualRuntime();
    const signals: (AbortSignal | undefined)[] = [];
    const memory: AgentMemory = {
      recall: (_, options) => {
        signals.push(options?.signal);
        return new Promise(() => {});
      },
    };
    const { events, ...listeners } = listening();
    const turns = turnMemory({ memory, runtime, recallTimeoutMs: 300, ...listeners });
    const beginning = turns.begin("Hello?");
    runtime.advance(300);
    expect((await beginning).block).toBe("");
    expect(signals[0]?.aborted).toBe(true);
    expect(events[1]).toMatchObject({
      type: "retrieval.failed",
      durationMs: 300,
      error: { code: "ABORTED" },
    });
  });

  test("is not asked any longer than the caller's signal allows", async () => {
    const memory: AgentMemory = { recall: () => new Promise(() => {}) };
    const turns = turnMemory({ memory, runtime: manualRuntime() });
    expect((await turns.begin("Hello?", { signal: AbortSignal.abort() })).block).toBe("");
  });
});

describe("nothing is stored", () => {
  const recall = async () => [match("A fact.")];
  const never = () => {
    throw new Error("stored all the same");
  };
  test.each<[string, AgentMemory, false?]>([
    ["where the memory only reads", { recall, rememberMany: never, readOnly: true }],
    ["where it has no verb for it", { recall }],
    ["where the application does not want it", { recall, rememberMany: never }, false],
  ])("%s", async (_, memory, remember) => {
    const { events, ...listeners } = listening();
    const turns = turnMemory({ memory, remember, ...listeners });
    const turn = await turns.begin("Hello?");
    expect(turn.block).toContain("A fact.");
    turn.end("Hi.");
    await turns.drain();
    expect(events.map(({ type }) => type)).toEqual(["retrieval.started", "retrieval.completed"]);
  });
});

test("drain waits for what is ended while it waits", async () => {
  const { memory, contents } = testMemory();
  const turns = turnMemory({ memory, onKeeping: () => void again?.() });
  const [first, second] = [await turns.begin("One."), await turns.begin("Two.")];
  let again: (() => void) | undefined = () => {
    again = undefined;
    second.end("Second.");
  };
  first.end("First.");
  await turns.drain();
  expect(await contents()).toHaveLength(4);
});

test("a listener that throws or rejects harms nobody", async () => {
  const { memory, contents } = testMemory();
  const turns = turnMemory({
    memory,
    onRetrieval: () => {
      throw new Error("mine");
    },
    onKeeping: async () => Promise.reject(new Error("mine")),
  });
  (await turns.begin("One.")).end("First.");
  await turns.drain();
  expect(await contents()).toHaveLength(2);
});

test.each<[string, unknown]>([
  ["memory", { memory: {} }],
  ["maxTokens", { memory: failing(), maxTokens: 10 }],
  ["recallTimeoutMs", { memory: failing(), recallTimeoutMs: Number.POSITIVE_INFINITY }],
])("a wrong %s is refused at once", (field, options) => {
  expect(() => turnMemory(options as Parameters<typeof turnMemory>[0])).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", details: { field } }),
  );
});

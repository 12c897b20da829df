import { describe, expect, test } from "vitest";
import type { AgentMemory } from "./agent-memory.ts";
import { memoryTools } from "./memory-tools.ts";
import type { RecallMemoryOutput } from "./recall-memory-tool.ts";
import { testMemory } from "./testing/test-memory.ts";
import { turnMemory } from "./turn-memory.ts";
import type { TurnOptions } from "./turn-options.ts";

async function agency() {
  const { memory } = testMemory();
  await memory.rememberMany([
    { content: "Tea for Ana.", scope: "/team/ana/kitchen" },
    { content: "Tea in Ana's office.", scope: "/team/ana" },
    { content: "Tea for Ben.", scope: "/team/ben" },
    { content: "Ben hides tea.", scope: "/team/ben", source: "ben", private: true },
  ]);
  const stored = async () =>
    (await memory.listRecords({ includePrivate: true }))
      .filter(({ content }) => /^(User|Assistant): /.test(content))
      .map(({ content, scope, source }) => [content, scope, source].join(" | "))
      .sort();
  return { memory, stored };
}

async function look(memory: AgentMemory, scope?: string): Promise<string[]> {
  const { execute } = memoryTools({ memory }).recallMemory;
  const run = execute as (input: object, call: object) => Promise<RecallMemoryOutput>;
  const { memories } = await run({ queries: ["tea"], scope }, {});
  return memories.map(({ content }) => content).sort();
}

async function talk(memory: AgentMemory, remember?: TurnOptions["remember"]): Promise<string> {
  const turns = turnMemory({ memory, remember });
  const turn = await turns.begin("Who takes tea?");
  turn.end("Everybody.");
  await turns.drain();
  return turn.block;
}

describe("an agent with a view", () => {
  test("sees a scope alone, and may name a scope in it in full or from there", async () => {
    const { memory } = await agency();
    const ana = memory.scope("/team").scope("/ana");
    expect(await look(ana)).toEqual(["Tea for Ana.", "Tea in Ana's office."]);
    expect(await look(ana, "/kitchen")).toEqual(["Tea for Ana."]);
    expect(await look(ana, "/team/ana/kitchen")).toEqual(["Tea for Ana."]);
    expect(await look(ana, "/team/ben")).toEqual([]);
    expect(await look(ana, "/../ben")).toEqual([]);
    expect(await talk(ana)).not.toContain("Ben");
  });

  test("stores in its scope", async () => {
    const { memory, stored } = await agency();
    await talk(memory.scope("/team/ana"), { source: "ana" });
    expect(await stored()).toEqual([
      "Assistant: Everybody. | /team/ana | ana",
      "User: Who takes tea? | /team/ana | ana",
    ]);
  });

  test("sees the private memories of its principal, and stores as that", async () => {
    const { memory, stored } = await agency();
    const team = memory.scope("/team");
    expect(await talk(team.as("ana"), false)).not.toContain("Ben hides tea.");
    const block = await talk(team.as("ben"), { scope: "/ben", private: true });
    expect(block).toContain("Ben hides tea.");
    expect(await stored()).toContain("User: Who takes tea? | /team/ben | ben");
  });

  test("reads a slice, and writes to it only where it may and is told where", async () => {
    const { memory, stored } = await agency();
    const scopes = ["/team/ana", "/team/ben"];
    const reading = memory.slice({ scopes });
    expect(await look(reading)).toEqual(["Tea for Ana.", "Tea for Ben.", "Tea in Ana's office."]);
    expect(Object.keys(memoryTools({ memory: reading }))).toEqual(["recallMemory"]);
    await talk(reading);
    expect(await stored()).toEqual([]);

    const writing = memory.slice({ scopes, readOnly: false });
    const failures: unknown[] = [];
    const onKeeping = (event: object) => void failures.push(event);
    const untold = turnMemory({ memory: writing, onKeeping });
    (await untold.begin("Who takes tea?")).end("Everybody.");
    await untold.drain();
    expect(failures).toMatchObject([{ type: "keeping.failed", error: { code: "INVALID_INPUT" } }]);
    await talk(writing, { scope: "/team/ben" });
    expect(await stored()).toEqual([
      "Assistant: Everybody. | /team/ben | ",
      "User: Who takes tea? | /team/ben | ",
    ]);
  });
});

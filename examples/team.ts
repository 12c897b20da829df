/**
 * Several agents with one memory: one sees all that the team knows, one only its own notes, one reads what others
 * wrote and writes nothing. And a flow of plain functions. With OPENAI_API_KEY they have a real model.
 */
import assert from "node:assert/strict";
import { turnMemory, withMemory } from "@unimem/ai-sdk";
import { generateText } from "ai";
import { Memory, sanitizeScopeName } from "unimem";
import { agentModel, lastText, real, toldIn } from "./agents/agent-model.ts";

const llm = real ? "gpt-4o-mini" : false;
const memory = new Memory({ storage: "memory", embedder: "lexical", llm });

// Without a key: a model that repeats what it is shown.
const agent = agentModel((prompt) => {
  const told = toldIn(lastText(prompt));
  return told.length === 0 ? "Noted." : told.join(" ");
});

// region team
const team = memory.scope(sanitizeScopeName("Launch Crew №7")); // "/launch-crew-no7"
const agents = {
  // Sees everything of the team; what it remembers lies under its own name.
  planner: { memory: team, remember: { scope: "/agent/planner", source: "planner" } },
  // Sees its own notes alone.
  researcher: { memory: team.scope("/agent/researcher"), remember: { source: "researcher" } },
  // Reads what the planner and the researcher wrote, and writes nothing.
  reviewer: { memory: team.slice({ scopes: ["/agent/planner", "/agent/researcher"] }) },
};

async function ask(name: keyof typeof agents, task: string): Promise<string> {
  const model = withMemory(agent, agents[name]);
  const { text } = await generateText({ model, prompt: task });
  await model.drain();
  console.log(`${name}: ${text}`);
  return text;
}
// endregion team

// region tasks
await ask("planner", "We launch on 7 April.");
await ask("researcher", "The venue costs 900 a day.");

await ask("planner", "What does the venue cost a day?"); // it sees what the researcher found
await ask("researcher", "On which day do we launch?"); // it does not see the plan
await ask("reviewer", "On which day do we launch, and what does the venue cost?"); // it sees both
console.log(await team.tree());
// endregion tasks

const before = await team.count();
assert.match(await ask("planner", "What does the venue cost?"), /900/);
assert.doesNotMatch(await ask("researcher", "When do we launch?"), /7 April/);
const written = await team.count();
const review = await ask("reviewer", "On which day do we launch, and what does the venue cost?");
assert.match(review, /7 April/);
assert.match(review, /900/);
assert.ok(before > 0 && (await team.count()) === written, "a reviewer writes nothing");
assert.deepEqual(await team.listScopes("/agent"), ["/agent/planner", "/agent/researcher"]);

// region flow
const flow = memory.scope("/flow/launch");
const turns = turnMemory({ memory: flow, remember: { scope: "/decisions", source: "decide" } });

async function collect(): Promise<void> {
  const notes = ["The hall is free on 7 April.", "The band is free on 7 and 8 April."];
  await flow.rememberMany(notes, { scope: "/notes", source: "collect" });
}

async function decide(): Promise<string> {
  const task = "Which day in April suits the hall and the band?";
  const turn = await turns.begin(task); // never fails: without a memory the block is empty
  const { text } = await generateText({ model: agent, prompt: `${turn.block}\n\n${task}` });
  turn.end(text); // stored in the background
  return text;
}

await collect();
console.log(await decide());
await turns.drain();
console.log(await flow.tree());
// endregion flow
assert.equal(await flow.count("/notes"), 2);
assert.ok((await flow.count("/decisions")) > 0);

await memory.close();

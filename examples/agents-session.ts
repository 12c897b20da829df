/** An agent of the OpenAI Agents SDK whose conversation is kept in unimem; a scripted model stands in for a real one. */
import assert from "node:assert/strict";
import { Agent, Runner } from "@openai/agents-core";
import { assistantMessage, ScriptedModel } from "@openai/agents-core/testing";
import { memorySession } from "@unimem/openai-agents";
import { Memory } from "unimem";

const keyless = { storage: "memory", embedder: "lexical", llm: false } as const;
const model = new ScriptedModel([
  [assistantMessage("Noted: the offsite is in Porto.")],
  [assistantMessage("In Porto.")],
]);
const runner = new Runner({ tracingDisabled: true });

// region session
const memory = new Memory(keyless);
const agent = new Agent({ name: "Planner", model });

const session = memorySession(memory, { sessionId: "offsite" });
await runner.run(agent, "The offsite is in Porto.", { session });

// Later, perhaps in another process: the same id is the same session.
const later = memorySession(memory, { sessionId: "offsite" });
const { finalOutput } = await runner.run(agent, "Where is the offsite?", { session: later });
console.log(finalOutput); // In Porto.
console.log((await later.getItems()).length); // 4: two questions and two answers
// endregion session

assert.equal(finalOutput, "In Porto.");
assert.equal((await later.getItems()).length, 4);
assert.equal(model.lastCall?.request.input.length, 3); // what the model saw in the second turn

// region private
// Private items are found on behalf of their source alone; a recall of the team's memory does not see them.
const ana = memorySession(memory.as("ana"), { sessionId: "one-on-one", private: true });
await ana.addItems([{ role: "user", content: "I would like to change teams." }]);
console.log((await memory.recall("change teams", { scope: "/sessions/one-on-one" })).length); // 0
console.log((await ana.getItems()).length); // 1
// endregion private

assert.deepEqual(await memory.recall("change teams", { scope: "/sessions/one-on-one" }), []);
assert.equal((await ana.getItems()).length, 1);

await memory.close();

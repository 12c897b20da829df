/**
 * Agents that remember: by hooks, each user for themselves, and by tools. With OPENAI_API_KEY they have a real
 * model; without, one that follows a script.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  memoryHooks,
  memoryTools,
  type RetrievalEvent,
  rememberMessages,
  withMemory,
} from "@unimem/ai-sdk";
import { generateText, ToolLoopAgent, type UIMessage } from "ai";
import { Memory } from "unimem";
import { z } from "zod";
import { agentModel, lastText, real, toldIn } from "./agents/agent-model.ts";

const memory = new Memory({
  storage: "memory",
  embedder: "lexical",
  llm: real ? "gpt-4o-mini" : false,
});

// Without a key: it answers with what it is shown, and uses the tools of a memory where it has them.
const agent = agentModel((prompt, tools) => {
  const said = lastText(prompt);
  const [told] = toldIn(said);
  const isQuestion = said.endsWith("?");
  if (prompt.at(-1)?.role === "tool") return told ?? "I have written it down.";
  if (tools.length === 0) return isQuestion ? (told ?? "I do not know.") : "I see.";
  if (isQuestion) return { toolName: "recallMemory", input: { queries: [said] } };
  return { toolName: "rememberMemory", input: { facts: [said] } };
});

// region model
const model = withMemory(agent, { memory: memory.scope("/assistant") });
await generateText({ model, prompt: "The projector in room 4 needs an adapter." });
await model.drain(); // the answer did not wait for this

const { text } = await generateText({ model, prompt: "What does the projector need?" });
console.log(text);
// endregion model
assert.match(text, /adapter/);

// region hooks
const people = memory.scope("/people");
const hooks = memoryHooks<{ user: string }>({
  memory: ({ options }) => people.as(options.user), // take the user from the session
  remember: { private: true }, // ana's are for ana, ben's are for ben
});
const assistant = new ToolLoopAgent({
  model: agent,
  callOptionsSchema: z.object({ user: z.string() }),
  prepareCall: hooks.prepareCall,
  onEnd: hooks.onEnd,
});

await assistant.generate({ prompt: "I live in Lisbon.", options: { user: "ana" } });
await hooks.drain();

const question = "In which city do I live?";
const forAna = await assistant.generate({ prompt: question, options: { user: "ana" } });
const forBen = await assistant.generate({ prompt: question, options: { user: "ben" } });
console.log(forAna.text, "|", forBen.text);
// endregion hooks
assert.match(forAna.text, /Lisbon/);
assert.doesNotMatch(forBen.text, /Lisbon/);

// region tools
const library = memory.scope("/library");
const librarian = new ToolLoopAgent({
  model: agent,
  instructions: "You run a library. Write down what you are told, and look things up.",
  tools: memoryTools({ memory: library, remember: { source: "librarian" } }),
});

await librarian.generate({ prompt: "The atlas stands on shelf 12." });
const found = await librarian.generate({ prompt: "Where does the atlas stand?" });
console.log(found.text);
// endregion tools
assert.match(found.text, /12/);

// region read-only
const visitors = memoryTools({ memory: memory.scope("/library", { readOnly: true }) });
console.log(Object.keys(visitors)); // [ 'recallMemory' ]: there is nothing to write with
// endregion read-only
assert.deepEqual(Object.keys(visitors), ["recallMemory"]);

const heard: RetrievalEvent[] = [];
// region events
const watched = withMemory(agent, {
  memory: library,
  recallTimeoutMs: 500,
  maxTokens: 400,
  onRetrieval(event) {
    heard.push(event); // it has the query and the contents: mind where you log them
    if (event.type === "retrieval.completed")
      console.log(`${event.matches.length} memories in ${event.durationMs} ms`);
  },
  onKeeping(event) {
    if (event.type === "keeping.failed") console.error(event.error);
  },
});
// endregion events
await generateText({ model: watched, prompt: "Where does the atlas stand?" });
await watched.drain();
assert.deepEqual(
  heard.map(({ type }) => type),
  ["retrieval.started", "retrieval.completed"],
);

// region messages
const messages: UIMessage<{ createdAt: string }>[] = [
  {
    id: "1",
    role: "user",
    metadata: { createdAt: "2026-01-02T09:00:00Z" },
    parts: [
      { type: "text", text: "This is Rex." },
      {
        type: "file",
        mediaType: "image/jpeg",
        filename: "rex.jpg",
        url: "https://example.com/rex.jpg",
      },
    ],
  },
];
const [record] = await rememberMessages(messages, {
  memory: memory.as("ana"),
  speakers: { user: "Ana" },
  remember: { scope: "/chats/1", private: true },
});
console.log(record?.createdAt.toISOString(), record?.content);
// endregion messages
assert.equal(record?.content, "Ana: This is Rex.\n[image: rex.jpg]");

const directory = mkdtempSync(join(tmpdir(), "unimem-agent-"));
const llm = real ? "gpt-4o-mini" : false;
// region beside
const writer = new Memory({ storage: directory, embedder: "lexical", llm });
const reader = new Memory({ storage: directory, embedder: "lexical", llm: false });
const quick = withMemory(agent, {
  memory: {
    recall: (query, options) => reader.recall(query, options), // waits for no save of the writer
    rememberMany: (contents, options) => writer.rememberMany(contents, options),
    extractMemories: (text) => writer.extractMemories(text),
  },
});
// endregion beside
await generateText({ model: quick, prompt: "The kettle is in the cellar." });
await quick.drain();
const kettle = await generateText({ model: quick, prompt: "Where is the kettle?" });
assert.match(kettle.text, /cellar/);

await Promise.all([model.drain(), hooks.drain(), quick.drain()]);
await Promise.all([memory.close(), writer.close(), reader.close()]);
rmSync(directory, { recursive: true, force: true });

/**
 * A chat that remembers: its second run knows what the first was told. With OPENAI_API_KEY it speaks with a real
 * model. `node examples/chat.ts --directory DIRECTORY "what you say" …` keeps the memory between your own runs.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { withMemory } from "@unimem/ai-sdk";
import { type ModelMessage, streamText } from "ai";
import { Memory } from "unimem";
import { agentModel, lastText, real, toldIn } from "./agents/agent-model.ts";

// Without a key: it says what it was told about the question.
const chatModel = agentModel((prompt) => {
  const said = lastText(prompt);
  const [told] = toldIn(said);
  return said.endsWith("?") && told !== undefined ? `You told me: "${told}"` : "I see.";
});

async function chat(directory: string, lines: readonly string[]): Promise<string[]> {
  const llm = real ? "gpt-4o-mini" : false;
  const answers: string[] = [];
  // region chat
  const memory = new Memory({ storage: directory, embedder: "lexical", llm });
  const model = withMemory(chatModel, { memory });

  const messages: ModelMessage[] = [];
  for (const line of lines) {
    console.log(`> ${line}`);
    messages.push({ role: "user", content: line });
    const { textStream, responseMessages } = streamText({ model, messages });
    let answer = "";
    for await (const delta of textStream) answer += delta;
    console.log(answer);
    answers.push(answer);
    messages.push(...(await responseMessages));
  }

  await model.drain(); // what was said last is stored
  await memory.close();
  // endregion chat
  return answers;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { directory: { type: "string" } },
});
if (values.directory !== undefined) {
  await chat(values.directory, positionals);
} else {
  const directory = mkdtempSync(join(tmpdir(), "unimem-chat-"));
  try {
    await chat(directory, [
      "Hello! I am Ana.",
      "My dog is called Rex, and he is afraid of thunder.",
    ]);
    console.log("\nThe second run begins with an empty conversation, and the same directory.");
    const [answer = ""] = await chat(directory, ["What is my dog called?"]);
    assert.match(answer, /Rex/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

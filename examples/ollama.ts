/** Everything on one machine: Ollama embeds and files, LanceDB stores. Set OLLAMA_BASE_URL to ask a real one. */
import assert from "node:assert/strict";
import { Memory } from "unimem";
import { ollamaServer } from "./stand-in/ollama-server.ts";

const standIn = process.env.OLLAMA_BASE_URL ? undefined : await ollamaServer();
if (standIn) process.env.OLLAMA_BASE_URL = standIn.baseUrl;

// region ollama
// ollama serve; ollama pull llama3.2; ollama pull nomic-embed-text
const memory = new Memory({
  storage: "memory",
  llm: "ollama/llama3.2",
  embedder: "ollama/nomic-embed-text",
});

const record = await memory.remember("The spare key is under the blue flower pot.");
const [match] = await memory.recall("Where is the spare key?");
console.log(record.scope, match?.record.content);
// endregion ollama

assert.equal(match?.record.id, record.id);
if (standIn) assert.equal(record.scope, "/home");
await memory.close();
standIn?.close();

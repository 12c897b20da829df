/** A model places each fact, names its categories, weighs it and notes who and what it is about. */
import assert from "node:assert/strict";
import { Memory } from "unimem";
import { filingModel } from "./stand-in/filing-model.ts";

const standIn = filingModel({
  "We decided to use PostgreSQL for the user database.": {
    scope: "/project/database",
    categories: ["decision"],
    importance: 0.8,
    entities: ["PostgreSQL"],
  },
  "Marta is on holiday until Monday.": {
    scope: "/people/marta",
    categories: ["absence"],
    importance: 0.4,
    entities: ["Marta"],
  },
});
const realModel = process.env.OPENAI_API_KEY !== undefined;

// region filing
const memory = new Memory({
  storage: "memory",
  embedder: "lexical",
  llm: realModel ? "gpt-4o-mini" : standIn,
});

const record = await memory.remember("We decided to use PostgreSQL for the user database.");
console.log(record.scope, record.categories, record.importance, record.metadata);
// endregion filing

// region given
const dated = await memory.remember("Marta is on holiday until Monday.", {
  importance: 0.9, // what is given is never asked for and never changed
  expiresAt: new Date("2100-01-04"), // from then on it is gone from every read
});
console.log(dated.scope, dated.importance);
// endregion given

// region events
memory.on("usage", ({ step, provider, inputTokens, outputTokens }) =>
  console.log(`${step} by ${provider}: ${inputTokens} + ${outputTokens} tokens`),
);
memory.on("model.fallback", ({ step, message }) =>
  console.warn(`${step} without model: ${message}`),
);
// endregion events

console.log(await memory.tree());
assert.equal(dated.importance, 0.9);
if (!realModel) {
  assert.equal(record.scope, "/project/database");
  assert.deepEqual(record.metadata, { entities: ["PostgreSQL"] });
}
await memory.close();

/** Notes of a meeting become statements that can each be understood alone, and then memories. */
import assert from "node:assert/strict";
import { Memory } from "unimem";
import { scriptedModel } from "unimem/testing";

const notes = `Sync, Tuesday. Ana, Ben.
Ana: hi all! Budget is approved, 40k for the pilot. Ben: great. He will sign the contract with Northwind by
Friday. We agreed to keep the beta closed until the audit is done.`;

const statements = [
  "The budget of 40k for the pilot is approved.",
  "Ben will sign the contract with Northwind by Friday.",
  "Ana and Ben agreed to keep the beta closed until the audit is done.",
];
const standIn = scriptedModel(({ name, prompt }) => {
  if (name === "extract_memories") return { memories: statements };
  const { drafts } = JSON.parse(prompt) as { drafts: { draft: number }[] };
  return {
    drafts: drafts.map(({ draft }) => ({
      draft,
      scope: "/pilot",
      categories: ["meeting"],
      importance: 0.7,
      metadata: { entities: [], dates: [], topics: [] },
    })),
  };
});
const realModel = process.env.OPENAI_API_KEY !== undefined;
const memory = new Memory({
  storage: "memory",
  embedder: "lexical",
  llm: realModel ? "gpt-4o-mini" : standIn,
});

// region extract
const found = await memory.extractMemories(notes); // stores nothing
for (const statement of found) console.log("-", statement);

await memory.rememberMany(found, { source: "meeting" });
const [answer] = await memory.recall("Who signs the contract with Northwind?");
console.log(answer?.record.scope, answer?.record.content);
// endregion extract

if (!realModel) {
  assert.deepEqual(found, statements);
  assert.equal(answer?.record.content, statements[1]);
  assert.equal(standIn.calls.length, 2); // one to extract, one to file all three
}
await memory.close();

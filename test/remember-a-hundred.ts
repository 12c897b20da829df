// Remembers a hundred facts, one awaited call after the other, into a directory that others write to as well.
import { Memory } from "unimem";

const [storage = "", writer = ""] = process.argv.slice(2);
const memory = new Memory({ storage, embedder: "lexical", llm: false });
for (let i = 0; i < 100; i++)
  await memory.remember(`Writer ${writer} notes fact number ${i}.`, { scope: `/writer/${writer}` });
await memory.close();

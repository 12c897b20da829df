/** The other process of `examples/valkey.ts`: remembers on the server that it is given, and ends. */
import { Memory } from "unimem";

const [storage = ""] = process.argv.slice(2);
// region remember
const memory = new Memory({ storage, embedder: "lexical", llm: false });
await memory.rememberMany([
  { content: "The deployment to Lisbon needs two approvals.", scope: "/team/operations" },
  { content: "Ana reads the release notes before every deployment.", scope: "/team/people" },
]);
await memory.close();
// endregion remember

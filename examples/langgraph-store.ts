/** A graph of LangGraph.js whose nodes keep what they learn in unimem, for each user and across threads. */
import assert from "node:assert/strict";
import {
  Annotation,
  END,
  type LangGraphRunnableConfig,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { memoryStore } from "@unimem/langgraph";
import { Memory } from "unimem";

const keyless = { storage: "memory", embedder: "lexical", llm: false } as const;

// region graph
const memory = new Memory(keyless);
const store = memoryStore(memory.scope("/agents"), { fields: ["text"] });

const State = Annotation.Root({ said: Annotation<string>, known: Annotation<string[]> });

async function listen({ said }: typeof State.State, config: LangGraphRunnableConfig) {
  const namespace = ["users", config.configurable?.user];
  const known = await config.store?.search(namespace, { query: said, limit: 1 });
  await config.store?.put(namespace, said, { text: said, words: said.split(" ").length });
  return { known: known?.map(({ value }) => value.text) };
}

const graph = new StateGraph(State)
  .addNode("listen", listen)
  .addEdge(START, "listen")
  .addEdge("listen", END)
  .compile({ store });

const asAna = { configurable: { user: "ana" } };
await graph.invoke({ said: "I am allergic to nuts." }, asAna);
await graph.invoke({ said: "My train leaves at noon." }, asAna);
const { known } = await graph.invoke({ said: "Which nuts am I allergic to?" }, asAna);
console.log(known); // [ 'I am allergic to nuts.' ]
// endregion graph

assert.deepEqual(known, ["I am allergic to nuts."]);

// region both
// The items are memories like any other: what a graph has learned is recalled without LangGraph too.
const [match] = await memory.recall("allergic to nuts", { metadata: { words: { lt: 6 } } });
console.log(match?.record.content, match?.record.scope); // I am allergic to nuts. /agents/users/ana
console.log(await store.listNamespaces()); // [ [ 'users', 'ana' ] ]
// endregion both

assert.equal(match?.record.content, "I am allergic to nuts.");
assert.equal(match.record.scope, "/agents/users/ana");
assert.deepEqual(await store.listNamespaces(), [["users", "ana"]]);

// region filter
// The filter goes to the storage, before any limit.
const short = await store.search(["users"], { filter: { words: { $lt: 6 } }, limit: 10 });
console.log(short.map(({ key }) => key)); // those of five words, the newest first
// endregion filter

assert.deepEqual(short.map(({ key }) => key).sort(), [
  "I am allergic to nuts.",
  "My train leaves at noon.",
]);

await memory.close();

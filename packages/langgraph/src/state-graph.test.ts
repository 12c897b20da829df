import {
  Annotation,
  END,
  type LangGraphRunnableConfig,
  MemorySaver,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { inMemoryStorage, lexicalEmbedder, Memory } from "@unimem/core";
import { expect, test } from "vitest";
import { memoryStore } from "./memory-store.ts";

const State = Annotation.Root({
  said: Annotation<string>,
  known: Annotation<string[]>({ reducer: (_, next) => next, default: () => [] }),
});

async function recallKnown(
  { said }: typeof State.State,
  { store, configurable }: LangGraphRunnableConfig,
) {
  const found = await store?.search(["users", configurable?.user], { query: said, limit: 2 });
  return { known: found?.map(({ value }) => value.text as string) ?? [] };
}

async function rememberSaid(
  { said }: typeof State.State,
  { store, configurable }: LangGraphRunnableConfig,
) {
  await store?.put(["users", configurable?.user], said, { text: said });
  return {};
}

test("the nodes of a compiled graph remember for one user across threads, and for nobody else", async () => {
  const memory = new Memory({ storage: inMemoryStorage(), embedder: lexicalEmbedder() });
  const graph = new StateGraph(State)
    .addNode("recall", recallKnown)
    .addNode("remember", rememberSaid)
    .addEdge(START, "recall")
    .addEdge("recall", "remember")
    .addEdge("remember", END)
    .compile({ store: memoryStore(memory, { fields: ["text"] }), checkpointer: new MemorySaver() });
  const say = (said: string, user: string, thread_id: string) =>
    graph.invoke({ said }, { configurable: { user, thread_id } });

  expect((await say("I am allergic to nuts.", "ana", "1")).known).toEqual([]);
  await say("My train leaves at noon.", "ana", "1");
  const { known } = await say("Which nuts am I allergic to?", "ana", "2");
  expect(known[0]).toBe("I am allergic to nuts.");
  expect((await say("Which nuts am I allergic to?", "ben", "3")).known).toEqual([]);

  const [match] = await memory.recall("allergic", { scope: "/users/ana", limit: 1 });
  expect(match?.record.metadata.text).toContain("allergic");
});

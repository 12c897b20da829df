import { type BaseStore, InMemoryStore, type Item } from "@langchain/langgraph-checkpoint";
import { inMemoryStorage, lexicalEmbedder, Memory } from "@unimem/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryStore } from "./memory-store.ts";

// Labels that LangGraph refuses are among them: both stores must refuse the same.
const label = fc.oneof(
  fc.constantFrom("a", "b", "ab", "*", " ", "%", "%2F", "a/b", "/", "é", "e\u0301", "日本", "😀"),
  fc.constantFrom(
    "/\u0307",
    "\n\u0301",
    "\u0301",
    "__proto__",
    "langgraph",
    "",
    "a.b",
    "a:b",
    "\0",
  ),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);
const namespace = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }) },
  fc.array(label, { maxLength: 3 }),
);
const key = fc.constantFrom("k", "k", "k", "K", "", "日", "__proto__", "$key", "a/b%2F");
const json = fc.json().map((text) => JSON.parse(text) as unknown); // not -0, which JSON cannot hold
const scalar = fc.constantFrom<string | boolean | null>("x", "y", "", true, false, null);
const value = fc.record(
  { n: fc.integer({ min: -3, max: 3 }), s: scalar, $key: scalar, $$: scalar, deep: json },
  { requiredKeys: [] },
);
const range = fc.dictionary(
  fc.constantFrom("$gt", "$gte", "$lt", "$lte"),
  fc.integer({ min: -3, max: 3 }),
  { minKeys: 1 },
);
const equality = fc.oneof(
  scalar,
  scalar.map(($eq) => ({ $eq })),
  scalar.map(($ne) => ({ $ne })),
  fc.array(scalar).map(($in) => ({ $in })),
  fc.constant(undefined),
);
const filter = fc.record({ n: range, s: equality, $key: equality }, { requiredKeys: [] });
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ verb: fc.constant("put"), namespace, key, value }) },
  fc.record({ verb: fc.constant("delete"), namespace, key }),
  fc.record({ verb: fc.constant("get"), namespace, key }),
  { weight: 2, arbitrary: fc.record({ verb: fc.constant("search"), namespace, filter }) },
  fc.record({
    verb: fc.constant("list"),
    prefix: fc.option(namespace, { nil: undefined }),
    suffix: fc.option(namespace, { nil: undefined }),
    maxDepth: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  }),
);
type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

test("any puts, deletes, gets, searches and lists are answered as LangGraph's InMemoryStore answers", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 40, size: "max" }), async (acts) => {
      const memory = new Memory({ storage: inMemoryStorage(), embedder: lexicalEmbedder() });
      await memory.remember("Nothing of the store.", { scope: "/a", metadata: { s: "x" } });
      const store = memoryStore(memory);
      const reference = new InMemoryStore();
      for (const each of acts)
        expect(await answerOf(store, each)).toEqual(await answerOf(reference, each));
      expect(await memory.count()).toBe(1 + (await everything(reference)).length);
      await memory.close();
    }),
    { numRuns: 100 },
  );
});

/** What a store answers, without times and in one order; of a refusal the name of the error. */
async function answerOf(store: BaseStore, act: Act): Promise<unknown> {
  try {
    if ("value" in act) return await store.put(act.namespace, act.key, act.value);
    if ("filter" in act) return await pages(store, act.namespace, act.filter);
    if ("key" in act && act.verb === "get") return plain(await store.get(act.namespace, act.key));
    if ("key" in act) return await store.delete(act.namespace, act.key);
    const { verb: _, ...conditions } = act;
    return await listed(store, conditions);
  } catch (error) {
    return (error as Error).name;
  }
}

/** All that a search finds, fetched two by two. */
async function pages(store: BaseStore, prefix: string[], filter: Record<string, unknown>) {
  const found: unknown[] = [];
  for (let offset = 0; ; offset += 2) {
    const page = await store.search(prefix, { filter, limit: 2, offset });
    found.push(...page.map(plain));
    if (page.length < 2) return inOrder(found);
  }
}

async function listed(store: BaseStore, conditions: object): Promise<unknown> {
  // The reference also lists namespaces whose items were all deleted; those that hold something are compared.
  const living = store instanceof InMemoryStore ? new InMemoryStore() : store;
  if (store instanceof InMemoryStore)
    for (const { namespace, key, value } of await everything(store))
      await living.batch([{ namespace, key, value }]);
  const all = await living.listNamespaces(conditions);
  const first = await living.listNamespaces({ ...conditions, limit: 1 });
  const rest = await living.listNamespaces({ ...conditions, offset: 1 });
  expect([...first, ...rest]).toEqual(all);
  return inOrder(all);
}

function everything(store: BaseStore): Promise<Item[]> {
  return store.search([], { limit: 1000 });
}

function plain(item: Item | null): unknown {
  return item && { namespace: item.namespace, key: item.key, value: item.value };
}

function inOrder(values: readonly unknown[]): unknown[] {
  return values.map((each) => JSON.stringify(each)).sort();
}

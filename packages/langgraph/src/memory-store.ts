import {
  BaseStore,
  type GetOperation,
  type Item,
  type ListNamespacesOperation,
  type Operation,
  type OperationResults,
  type PutOperation,
  type SearchItem,
  type SearchOperation,
  validateNamespace,
} from "@langchain/langgraph-checkpoint";
import { type MemoryRecord, type MemoryScope, type Runtime, systemRuntime } from "@unimem/core";
import { addressOf, itemOf, recordsOf } from "./item-record.ts";
import { commonPrefix, listedNamespaces } from "./namespace-list.ts";
import { namespaceOf, scopeOf } from "./namespace-scope.ts";
import { type PutTools, putItems } from "./put-items.ts";
import { conditionsOf } from "./search-conditions.ts";

export interface MemoryStoreOptions {
  /**
   * What of a value is embedded where `put` does not say: paths as those of `index`. The store that LangGraph
   * hands to a node knows no `index`, so this decides for nodes. @default ["$"], the whole value as JSON
   */
  readonly fields?: readonly string[] | undefined;
  /** The clock that dates replacements; for tests. @default the machine's */
  readonly runtime?: Runtime | undefined;
}

/**
 * A `BaseStore` for LangGraph.js whose items are records of `memory`: a namespace is a scope in it, a value is
 * the record's metadata, the text that is searched its content. It is done with `memory` when you are: closing
 * belongs to the memory. Namespaces that LangGraph refuses are refused with its `InvalidNamespaceError`; all
 * else rejects with a `MemoryError`.
 */
export function memoryStore(memory: MemoryScope, options: MemoryStoreOptions = {}): BaseStore {
  return new MemoryStore(memory, options);
}

const isItem = { $key: { exists: true } };
const pageSize = 10_000;

class MemoryStore extends BaseStore {
  readonly #memory: MemoryScope;
  readonly #tools: PutTools;
  /** Done when every batch with puts that was accepted so far is. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(
    memory: MemoryScope,
    { fields = ["$"], runtime = systemRuntime }: MemoryStoreOptions,
  ) {
    super();
    this.#memory = memory;
    this.#tools = { memory, fields, runtime };
  }

  /** Gets, searches and lists see what was there before the puts of the same batch; of two puts the last stands. */
  override async batch<Op extends Operation[]>(operations: Op): Promise<OperationResults<Op>> {
    for (const operation of operations) {
      if ("namespace" in operation)
        validateNamespace(operation.namespace, { allowReservedRoot: true });
      if ("namespacePrefix" in operation)
        validateNamespace(operation.namespacePrefix, { allowEmpty: true, allowReservedRoot: true });
    }
    const answers = this.#written.then(() => this.#run(operations));
    if (operations.some(isPut)) this.#written = answers.catch(() => {});
    return (await answers) as OperationResults<Op>;
  }

  async #run(operations: readonly Operation[]): Promise<unknown[]> {
    const items = this.#items(operations.filter(isGet));
    const answers = await Promise.all(
      operations.map(async (each) => {
        if (isPut(each)) return undefined;
        if (isGet(each)) return (await items).get(each) ?? null;
        return "namespacePrefix" in each ? this.#search(each) : this.#namespaces(each);
      }),
    );
    const last = new Map(
      operations.filter(isPut).map((put) => [addressOf(put.namespace, put.key), put]),
    );
    await putItems([...last.values()], this.#tools);
    return answers;
  }

  async #items(operations: readonly GetOperation[]): Promise<Map<GetOperation, Item>> {
    const found = await recordsOf(this.#memory, operations);
    const root = this.#memory.path;
    return new Map(
      operations.flatMap((operation, i) =>
        (found[i] ?? []).slice(0, 1).map((record) => [operation, itemOf(record, root)] as const),
      ),
    );
  }

  async #search(operation: SearchOperation): Promise<SearchItem[]> {
    const { namespacePrefix, filter = {}, limit = 10, offset = 0, query } = operation;
    const selection = {
      scope: scopeOf(namespacePrefix),
      metadata: { ...conditionsOf(filter), ...isItem },
    };
    if (limit === 0) return [];
    if (!query?.trim()) {
      const records = await this.#memory.listRecords({ ...selection, limit, offset });
      return records.map((record) => itemOf(record, this.#memory.path));
    }
    const matches = await this.#memory.recall(query, {
      ...selection,
      metadata: { ...selection.metadata, $indexed: true },
      limit: offset + limit,
      depth: "shallow",
    });
    return matches
      .slice(offset)
      .map(({ record, score }) => ({ ...itemOf(record, this.#memory.path), score }));
  }

  async #namespaces(operation: ListNamespacesOperation): Promise<string[][]> {
    const scope = scopeOf(commonPrefix(operation.matchConditions));
    const scopes = new Set<MemoryRecord["scope"]>();
    for (let offset = 0; ; offset += pageSize) {
      const page = { scope, metadata: isItem, limit: pageSize, offset };
      const records = await this.#memory.listRecords(page);
      for (const record of records) scopes.add(record.scope);
      if (records.length < pageSize) break;
    }
    const namespaces = [...scopes].map((each) => namespaceOf(each, this.#memory.path));
    return listedNamespaces(namespaces, operation);
  }
}

function isGet(operation: Operation): operation is GetOperation {
  return "key" in operation && !isPut(operation);
}

function isPut(operation: Operation): operation is PutOperation {
  return "value" in operation;
}

import type { GetOperation, Item } from "@langchain/langgraph-checkpoint";
import {
  invalidInput,
  type JsonValue,
  type MemoryRecord,
  type MemoryScope,
  type Metadata,
  type Scope,
} from "@unimem/core";
import { scopeSegments } from "@unimem/core/storage";
import { namespaceOf, scopeOf } from "./namespace-scope.ts";

/** What the store itself keeps in the metadata of an item's record, beside the fields of the value. */
export interface ItemMarks {
  readonly $key: string;
  /** How many segments the record's scope has, so that one namespace can be asked for without those below it. */
  readonly $depth: number;
  /** Whether searches with a query find it. */
  readonly $indexed: boolean;
  /** When the value was last replaced, ISO 8601; absent before the first time. */
  readonly $updatedAt?: string;
}

/** Fields of the value keep their names, so that filters reach them; `$` in front belongs to the marks. */
export function fieldName(name: string): string {
  return name.startsWith("$") ? `$${name}` : name;
}

export function metadataOf(value: Record<string, JsonValue>, marks: ItemMarks): Metadata {
  const fields = Object.entries(value).map(([name, field]) => [fieldName(name), field] as const);
  return Object.fromEntries([...fields, ...Object.entries(marks)]);
}

export function itemOf({ scope, metadata, createdAt, updatedAt }: MemoryRecord, root: Scope): Item {
  const { $key, $updatedAt } = metadata as unknown as ItemMarks;
  const fields = Object.entries(metadata)
    .filter(([name]) => !/^\$(?!\$)/.test(name))
    .map(([name, field]) => [name.replace(/^\$/, ""), field] as const);
  return {
    namespace: namespaceOf(scope, root),
    key: $key,
    value: Object.fromEntries(fields),
    createdAt,
    updatedAt: new Date(Math.max(+updatedAt, Date.parse($updatedAt ?? "") || 0)),
  };
}

// Few enough for a query of every storage, and for the files that those under way have open.
const keysAtOnce = 100;
const queriesAtOnce = 8;

/**
 * The records of each item, the newest first: one, or none, or for a moment one of each process that added it.
 * Items of one namespace are asked for together.
 */
export async function recordsOf(
  memory: MemoryScope,
  items: readonly GetOperation[],
): Promise<MemoryRecord[][]> {
  const found = new Map<string, MemoryRecord[]>();

  async function find(keys: readonly string[], namespace: string[]): Promise<void> {
    const metadata = { $key: { in: keys }, $depth: depthOf(memory, namespace) };
    const selection = { scope: scopeOf(namespace), metadata, limit: 10_000 };
    for (const record of await memory.listRecords(selection)) {
      const address = addressOf(namespace, record.metadata.$key as string);
      found.set(address, [...(found.get(address) ?? []), record]);
    }
  }

  const byNamespace = Map.groupBy(items, ({ namespace }) => JSON.stringify(namespace));
  const queries = [...byNamespace.values()].flatMap((some) => cut(some, keysAtOnce));
  for (const wave of cut(queries, queriesAtOnce))
    await Promise.all(
      wave.map((some) =>
        find(
          some.map(({ key }) => key),
          some[0]?.namespace ?? [],
        ),
      ),
    );
  return items.map(({ namespace, key }) => found.get(addressOf(namespace, key)) ?? []);
}

/** Tells items apart. */
export function addressOf(namespace: readonly string[], key: string): string {
  return JSON.stringify([namespace, key]);
}

function cut<Value>(values: readonly Value[], size: number): Value[][] {
  const starts = Array.from({ length: Math.ceil(values.length / size) }, (_, i) => i * size);
  return starts.map((start) => values.slice(start, start + size));
}

export function depthOf({ path }: MemoryScope, namespace: readonly string[]): number {
  return scopeSegments(path).length + namespace.length;
}

/** Refuses what has no fields to keep; what the fields hold is checked where they are stored. */
export function assertValue(value: unknown): asserts value is Record<string, JsonValue> {
  const prototype = typeof value === "object" && value !== null && Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw invalidInput("value", "value must be a plain object of JSON values, or null to delete.");
}

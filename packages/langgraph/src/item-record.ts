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

/** The records of an item, the newest first: one, or none, or for a moment one of each process that added it. */
export function recordsOf(
  memory: MemoryScope,
  { namespace, key }: GetOperation,
): Promise<MemoryRecord[]> {
  const metadata = { $key: { eq: key }, $depth: depthOf(memory, namespace) };
  return memory.listRecords({ scope: scopeOf(namespace), metadata });
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

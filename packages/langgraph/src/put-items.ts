import type { PutOperation } from "@langchain/langgraph-checkpoint";
import {
  isMemoryError,
  type MemoryRecord,
  type MemoryScope,
  type Metadata,
  type Runtime,
} from "@unimem/core";
import { indexedText } from "./indexed-text.ts";
import { assertValue, depthOf, metadataOf, recordsOf } from "./item-record.ts";
import { scopeOf } from "./namespace-scope.ts";

export interface PutTools {
  readonly memory: MemoryScope;
  /** What is embedded of a value where the put does not say. */
  readonly fields: readonly string[];
  readonly runtime: Runtime;
}

interface ItemDraft {
  readonly put: PutOperation;
  readonly content: string;
  readonly metadata: Metadata;
}

const notIndexed = "(not indexed)"; // one text for all such items, so a cache embeds it once

// A model is asked whether to merge what is alike; but what has an end is compared with nothing and, where ends
// differ, repeats nothing. Items must stay as they are, so each gets an end of its own that nobody will see.
const farAway = Date.UTC(9000, 0);

/** Adds, replaces and deletes items. Each item occurs once in `puts`. All new ones are one save. */
export async function putItems(puts: readonly PutOperation[], tools: PutTools): Promise<void> {
  const { memory } = tools;
  const drafts = puts.map((put) => (put.value === null ? undefined : draftOf(put, tools)));
  const found = await recordsOf(memory, puts);
  const added: ItemDraft[] = [];
  const removed: string[] = [];
  for (const [i, draft] of drafts.entries()) {
    const records = found[i] ?? [];
    const [current, ...others] = records;
    removed.push(...(draft === undefined ? records : others).map(({ id }) => id));
    if (draft && !(current && (await replaced(current, draft, tools)))) added.push(draft);
  }
  if (removed.length > 0) await memory.forget({ ids: removed });
  if (added.length > 0) await add(added, memory);
}

function draftOf(put: PutOperation, { memory, fields }: PutTools): ItemDraft {
  const { namespace, key, value, index } = put;
  assertValue(value);
  const text = indexedText(value, index ?? fields);
  const marks = { $key: key, $depth: depthOf(memory, namespace), $indexed: text !== undefined };
  return { put, content: text ?? notIndexed, metadata: metadataOf(value, marks) };
}

/** Changes the record, and answers whether it was still there. */
async function replaced(
  { id, content: before }: MemoryRecord,
  { content, metadata }: ItemDraft,
  { memory, runtime }: PutTools,
): Promise<boolean> {
  const $updatedAt = runtime.now().toISOString();
  const patch = { metadata: { ...metadata, $updatedAt }, ...(content !== before && { content }) };
  try {
    await memory.update(id, patch);
    return true;
  } catch (error) {
    if (isMemoryError(error, "NOT_FOUND")) return false;
    throw error;
  }
}

async function add(drafts: readonly ItemDraft[], memory: MemoryScope): Promise<void> {
  await memory.rememberMany(
    drafts.map(({ put, content, metadata }, i) => ({
      content,
      metadata,
      scope: scopeOf(put.namespace),
      categories: [],
      importance: 0.5,
      expiresAt: new Date(farAway + i),
    })),
  );
  // Another process may have added the same item. Whoever looks last sees both, and all keep the same one.
  const stored = await recordsOf(
    memory,
    drafts.map(({ put }) => put),
  );
  const ids = stored.flatMap(([, ...others]) => others.map(({ id }) => id));
  if (ids.length > 0) await memory.forget({ ids });
}

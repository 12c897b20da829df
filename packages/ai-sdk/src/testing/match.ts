import type { MemoryMatch, MemoryRecord } from "@unimem/core";
import { parseScope } from "@unimem/core";

/** A match with this content, for what only looks at what was recalled. */
export function match(content: string, fields: Partial<MemoryRecord> = {}): MemoryMatch {
  const at = new Date("2026-01-02T03:04:05.000Z");
  const record: MemoryRecord = {
    id: content.slice(0, 20),
    content,
    scope: parseScope("/"),
    categories: [],
    metadata: {},
    importance: 0.5,
    createdAt: at,
    updatedAt: at,
    lastAccessed: at,
    source: null,
    private: false,
    revision: 1,
    supersededBy: null,
    supersededAt: null,
    expiresAt: null,
    ...fields,
  };
  const explanation = { semantic: 0, lexical: 0, recency: 0, importance: 0 };
  return { record, score: 0.5, similarity: 0.5, matchReasons: [], explanation, evidenceGaps: [] };
}

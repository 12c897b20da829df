import type { MemoryRecord } from "@unimem/core";

// A memory may be as long as a book.
const maxCharacters = 4000;

/** What a client is told of a memory; a very long content is cut, and says so. */
export function recordSummary(record: MemoryRecord) {
  const { id, content, scope, categories, importance, createdAt, source } = record;
  const isCut = content.length > maxCharacters;
  return {
    id,
    content: isCut ? content.slice(0, maxCharacters).toWellFormed() : content,
    ...(isCut && { cutFrom: content.length }),
    scope,
    categories,
    importance,
    createdAt: createdAt.toISOString(),
    ...(source !== null && { source }),
  };
}

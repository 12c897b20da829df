import type { MemoryRecord } from "@unimem/core/storage";
import { toMember } from "./encode-text.ts";
import { orderOf, sideEntries } from "./record-hash.ts";

/** What a script is told that puts a record where it belongs: id, revision, last access, expiry or '', order, side. */
export function settleArguments(record: MemoryRecord): string[] {
  return [
    toMember(record.id),
    String(record.revision),
    String(record.lastAccessed.getTime()),
    String(record.expiresAt?.getTime() ?? ""),
    orderOf(record),
    sideEntries(record),
  ];
}

import type { MemoryRecord, RecordFilter } from "@unimem/core/storage";
import { toTag } from "./encode-text.ts";
import type { View } from "./store-keys.ts";

/** The views that a record is in. A private one is in two: that of its source, and that of who sees all. */
export function viewsOf({ supersededAt, source, private: isPrivate }: MemoryRecord): View[] {
  const state = supersededAt === null ? "c" : "s";
  if (!isPrivate) return [`${state}p`];
  return source === null ? [`${state}x`] : [`${state}x`, `${state}u${toTag(source)}`];
}

/** The views that together hold what a filter's viewer may see in the states asked for; none holds a record of another. */
export function viewsAsked({ visibleTo, state = "current", asOf }: RecordFilter): View[] {
  const states =
    asOf !== undefined || state === "any" ? ["c", "s"] : [state === "current" ? "c" : "s"];
  const kinds =
    visibleTo === "all"
      ? ["p", "x"]
      : visibleTo === "public"
        ? ["p"]
        : ["p", `u${toTag(visibleTo.source)}`];
  return states.flatMap((each) => kinds.map((kind) => `${each}${kind}`));
}

import { relativeScope } from "@unimem/core";
import { type Scope, scopeSegments } from "@unimem/core/storage";

/** The path of a namespace: one segment per label, and `namespaceOf` gives the labels back. */
export function scopeOf(namespace: readonly string[]): string {
  return `/${namespace.map(segmentOf).join("/")}`;
}

/** The labels of a record's scope as seen from the scope at which the store begins. */
export function namespaceOf(scope: Scope, root: Scope): string[] {
  return scopeSegments(relativeScope(root, scope)).map(labelOf);
}

/** Labels stay readable where they can; what a scope would refuse, split or normalise is percent-encoded. */
function segmentOf(label: string): string {
  const segment = label.replace(/[%/\p{Cc}]/gu, encodeURIComponent);
  if (segment.normalize("NFC") === segment || !label.isWellFormed()) return segment;
  return encodeURIComponent(label);
}

function labelOf(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a scope above the items that somebody named by hand
  }
}

import { createHash } from "node:crypto";
import { canonicalJson, type JsonValue, type Metadata } from "@unimem/core/storage";

const longestPlainTerm = 120;

/** The term of every record that has `key`. */
export function keyTerm(key: string): string {
  return shortened(JSON.stringify(key));
}

/** The term of every record in which `key` has exactly this value. */
export function valueTerm(key: string, value: JsonValue): string {
  return shortened(`${JSON.stringify(key)}:${canonicalJson(value)}`);
}

/**
 * What a record's metadata is found by: one term per top-level key and one per key and value. Different
 * keys and values have different terms: a JSON string shows where it ends.
 */
export function metadataTerms(metadata: Metadata): string[] {
  return Object.entries(metadata).flatMap(([key, value]) => [keyTerm(key), valueTerm(key, value)]);
}

// A plain term starts with a quotation mark, so it is never taken for a digest.
function shortened(term: string): string {
  if (term.length <= longestPlainTerm) return term;
  return `#${createHash("sha256").update(term).digest("base64url")}`;
}

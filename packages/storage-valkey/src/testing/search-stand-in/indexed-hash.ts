import type { IndexDefinition, IndexField, TagField } from "./index-definition.ts";

/** A hash as the index sees it: for each field, by its alias, what the module took from it. */
export interface IndexedHash {
  readonly key: string;
  /** Everything that the hash holds, also what no index looks at. */
  readonly content: ReadonlyMap<string, Buffer>;
  readonly tags: ReadonlyMap<string, ReadonlySet<string>>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly vectors: ReadonlyMap<string, Float32Array>;
  /** How many fields could not be indexed: no number, a vector of another length. */
  readonly failures: number;
}

/** `undefined` where the hash has none of the index's fields. */
export function indexHash(
  { fields }: IndexDefinition,
  key: string,
  content: ReadonlyMap<string, Buffer>,
): IndexedHash | undefined {
  const tags = new Map<string, ReadonlySet<string>>();
  const numbers = new Map<string, number>();
  const vectors = new Map<string, Float32Array>();
  let present = 0;
  let failures = 0;
  for (const field of fields) {
    const bytes = content.get(field.identifier);
    if (bytes === undefined) continue;
    present++;
    const value = indexedValue(field, bytes);
    if (value === undefined) failures++;
    else if (typeof value === "number") numbers.set(field.alias, value);
    else if (value instanceof Float32Array) vectors.set(field.alias, value);
    else if (value.size > 0) tags.set(field.alias, value);
  }
  return present === 0 ? undefined : { key, content, tags, numbers, vectors, failures };
}

function indexedValue(
  field: IndexField,
  bytes: Buffer,
): Set<string> | number | Float32Array | undefined {
  switch (field.kind) {
    case "TAG":
      return recordTags(field, bytes.toString("latin1"));
    case "NUMERIC": {
      const text = bytes.toString("latin1").trim();
      return text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text);
    }
    case "VECTOR":
      return bytes.length === field.dimensions * 4 ? floatsOf(bytes) : undefined;
  }
}

// The module knows no escape here, trims every tag, and does not index an empty one.
function recordTags({ separator, isCaseSensitive }: TagField, text: string): Set<string> {
  const tags = text.split(separator).map(trimAscii);
  return new Set(
    tags.filter((tag) => tag !== "").map((tag) => (isCaseSensitive ? tag : lowerAscii(tag))),
  );
}

/** The numbers of a vector's bytes, wherever in memory those lie. */
export function floatsOf(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

// The strings hold bytes, so the methods of String, which know of Unicode, would go too far.
export function trimAscii(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, "");
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

import { createHash } from "node:crypto";
import { toMember } from "./encode-text.ts";
import { vectorOwner } from "./record-hash.ts";
import { type StoreKeys, storeKeys } from "./store-keys.ts";

/** The keys of a store whose records lie on all shards of a cluster; all that is beside them lies in one slot. */
export interface SpreadKeys extends StoreKeys {
  /** HASH: for each record beside which there is something, the revision and the entries of `sideEntries`. */
  readonly placed: string;
  /** HASH: for each write that has begun, when, and what it is about to change. */
  readonly begun: string;
  /** What a script of one record is told that it uses: the record, and a key that never exists. */
  ofRecord(id: string): [string, string];
  /** What the keys of a record's vectors begin with. They lie in its slot. */
  vectorsOf(id: string): string;
}

/**
 * An index that covers a whole cluster takes no hash tag in its name, nor in its prefixes; keys may have one behind
 * the prefix. So a record lies in the slot of some digits of its id's hash, and its vectors there with it.
 */
export function spreadKeys(prefix: string): SpreadKeys {
  const beside = storeKeys(prefix, true);
  const records = `${prefix}:r:`;
  const vectors = `${prefix}:v:`;
  const record = (id: string) => `${records}${slotTag(id)}:${toMember(id)}`;
  return {
    ...beside,
    layout: "spread",
    records,
    vectors,
    index: `${prefix}:i`,
    record,
    vector: (name) => `${vectors}${slotTag(vectorOwner(name))}:${name}`,
    placed: `${beside.base}placed`,
    begun: `${beside.base}begun`,
    ofRecord: (id) => [record(id), `${prefix}:none:${slotTag(id)}`],
    vectorsOf: (id) => `${vectors}${slotTag(id)}:`,
  };
}

/** Of one length for all ids, so that what follows it in a key is found by counting. */
function slotTag(id: string): string {
  return `{${createHash("sha256").update(toMember(id)).digest("hex").slice(0, 6)}}`;
}

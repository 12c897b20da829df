import { invalidInput, type Scope } from "@unimem/core/storage";
import type { Layout } from "./check-layout.ts";
import { toMember, toTag } from "./encode-text.ts";

/**
 * A set of records that belong together in every answer: those of one state (`c` current, `s` superseded) that
 * one kind of viewer sees: `p` everybody, `x` only who sees all, `u…` also the source after it.
 */
export type View = string;

/** The names of all keys of one store. Each kind has its letter, so no two kinds can meet. */
export interface StoreKeys {
  readonly layout: Layout;
  /** What all of them begin with, but for records, vectors and the index where a store is spread. */
  readonly base: string;
  /** What the keys of records begin with, and below those of vectors: both are what the index covers. */
  readonly records: string;
  readonly vectors: string;
  /** What the name of the search index begins with. */
  readonly index: string;
  /** HASH: schema, dimensions, embedder. */
  readonly meta: string;
  /** What scripts are told that they use: `meta`, and a key that never exists. See `RoundTrips.script`. */
  readonly ofScripts: readonly [string, string];
  /** ZSET: every record there is, by the time of its last access. */
  readonly accesses: string;
  /** ZSET: every record that expires, by that time. */
  readonly expiries: string;
  /** ZSET: the ids of removed records, by the time of their removal. */
  readonly tombstones: string;
  /** ZSET: while the store is on its way to another space, the records whose new vector is missing. */
  pending(suffix: string): string;
  /** SET: the suffixes of fields with vectors of former spaces, which are to be dropped. */
  readonly former: string;
  /** HASH: the record. */
  record(id: string): string;
  /** HASH: a record's vector and what of it is indexed, where an approximate index is in use. */
  vector(name: string): string;
  /** ZSET of a view's records in a scope and below it, newest first: by the negative of createdAt, then by id. */
  below(view: View, scope: Scope): string;
  /** HASH: how many records of the same view and scopes have each category. */
  categories(view: View, scope: Scope): string;
  /** ZSET of a view's records in exactly one scope, in the same order. */
  within(view: View, scope: Scope): string;
  /** ZSET of a view's records with one category, in the same order. */
  having(view: View, category: string): string;
  /** ZSET of the scopes that hold records of a view themselves, by name. */
  scopes(view: View): string;
  /** ZSET of the records that one record has replaced. */
  replacedBy(id: string): string;
}

/** In a cluster the prefix is a hash tag: all keys of a store lie in one slot, where they can change together. */
export function storeKeys(prefix: string, isCluster: boolean): StoreKeys {
  const base = isCluster ? `{${prefix}}:` : `${prefix}:`;
  return {
    layout: "slot",
    base,
    records: `${base}r:`,
    vectors: `${base}v:`,
    index: `${base}i`,
    meta: `${base}meta`,
    ofScripts: [`${base}meta`, `${base}none`],
    accesses: `${base}la`,
    expiries: `${base}exp`,
    tombstones: `${base}gone`,
    pending: (suffix) => `${base}todo:${suffix}`,
    former: `${base}old`,
    record: (id) => `${base}r:${toMember(id)}`,
    vector: (name) => `${base}v:${name}`,
    below: (view, scope) => `${base}z:${view}:${toTag(scope)}`,
    categories: (view, scope) => `${base}n:${view}:${toTag(scope)}`,
    within: (view, scope) => `${base}e:${view}:${toTag(scope)}`,
    having: (view, category) => `${base}k:${view}:${toTag(category)}`,
    scopes: (view) => `${base}s:${view}`,
    replacedBy: (id) => `${base}h:${toTag(id)}`,
  };
}

/** What a prefix may be: no colon, or one store's keys could lie among another's; no brace, or hash tags would break. */
export function checkPrefix(prefix: string): void {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(prefix))
    throw invalidInput(
      "prefix",
      "prefix must be 1 to 64 letters, digits, dots, hyphens or underscores.",
    );
}

import { bulk, integer, list, type RespValue, status } from "../resp.ts";
import type { IndexDefinition, IndexField, VectorField } from "./index-definition.ts";
import type { IndexedHash } from "./indexed-hash.ts";

/** The answer to FT.INFO. An index of the stand-in is always ready: it has no memory to fill. */
export function indexInfo(
  { name, prefixes, fields }: IndexDefinition,
  hashes: readonly IndexedHash[],
): RespValue {
  const sorted = fields.toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1));
  const sizes = fields.map((field) => holding(field, hashes).length);
  const failures = hashes.reduce((sum, hash) => sum + hash.failures, 0);
  return list([
    ...pair("index_name", status(name)),
    ...pair(
      "index_definition",
      list([
        ...pair("key_type", status("HASH")),
        ...pair("prefixes", list(prefixes.map(status))),
        ...pair("default_score", bulk("1")),
        ...pair("score_field", status("")),
      ]),
    ),
    ...pair("attributes", list(sorted.map((field) => attributeInfo(field, hashes)))),
    ...pair("num_docs", integer(hashes.length)),
    ...pair("num_records", integer(sizes.reduce((sum, size) => sum + size, 0))),
    ...pair("total_term_occurrences", integer(0)),
    ...pair("num_terms", integer(0)),
    ...pair("hash_indexing_failures", bulk(String(failures))),
    ...pair("backfill_in_progress", bulk("0")),
    ...pair("backfill_complete_percent", bulk("1.000000")),
    ...pair("mutation_queue_size", bulk("0")),
    ...pair("recent_mutations_queue_delay", bulk("0 sec")),
    ...pair("state", status("ready")),
    ...pair("language", status("english")),
  ]);
}

function attributeInfo(field: IndexField, hashes: readonly IndexedHash[]): RespValue {
  const held = holding(field, hashes);
  const bytes = held.reduce(
    (sum, { content }) => sum + (content.get(field.identifier)?.length ?? 0),
    0,
  );
  const size = pair("size", bulk(String(held.length)));
  return list([
    ...pair("identifier", status(field.identifier)),
    ...pair("attribute", status(field.alias)),
    ...pair("user_indexed_memory", integer(bytes)),
    ...pair("type", status(field.kind)),
    ...(field.kind === "TAG"
      ? [
          ...pair("SEPARATOR", status(field.separator)),
          ...pair("CASESENSITIVE", status(field.isCaseSensitive ? "1" : "0")),
          ...size,
        ]
      : []),
    ...(field.kind === "NUMERIC" ? size : []),
    ...(field.kind === "VECTOR" ? pair("index", vectorInfo(field, size)) : []),
  ]);
}

function vectorInfo(field: VectorField, size: readonly RespValue[]): RespValue {
  const setting = (name: string, otherwise: number) =>
    integer(Number(field.settings.get(name) ?? otherwise));
  const algorithm =
    field.algorithm === "FLAT"
      ? pair("block_size", setting("BLOCK_SIZE", 1024))
      : [
          ...pair("m", setting("M", 16)),
          ...pair("ef_construction", setting("EF_CONSTRUCTION", 200)),
          ...pair("ef_runtime", setting("EF_RUNTIME", 10)),
        ];
  return list([
    ...pair("capacity", setting("INITIAL_CAP", 10_240)),
    ...pair("dimensions", integer(field.dimensions)),
    ...pair("distance_metric", status("COSINE")),
    ...size,
    ...pair("data_type", status("FLOAT32")),
    ...pair("algorithm", list([...pair("name", status(field.algorithm)), ...algorithm])),
  ]);
}

function holding({ kind, alias }: IndexField, hashes: readonly IndexedHash[]): IndexedHash[] {
  const values = { TAG: "tags", NUMERIC: "numbers", VECTOR: "vectors" } as const;
  return hashes.filter((hash) => hash[values[kind]].has(alias));
}

function pair(name: string, value: RespValue): RespValue[] {
  return [status(name), value];
}

import { invalidInput, parseOptions, type Runtime, systemRuntime } from "@unimem/core/storage";
import {
  type ConnectionOptions,
  type ConnectionSettings,
  checkWhole,
  connectionSettings,
} from "./connection-options.ts";
import { asGiven, connectionParsers, readOptions } from "./connection-parsers.ts";
import { parseValkeyUrl } from "./parse-valkey-url.ts";
import { checkPrefix } from "./store-keys.ts";

export interface ValkeyStorageOptions extends ConnectionOptions {
  /** 1 to 64 letters, digits and `._-` that all keys of the store begin with: one server holds many. @default "unimem" */
  readonly prefix?: string;
  /**
   * `"auto"`: by the Search module where the server has it, else exactly in this process, with a warning.
   * `"module"`: a server without it is refused with `NOT_SUPPORTED`. @default "auto"
   */
  readonly search?: "auto" | "module";
  /**
   * How the Search module finds vectors. `"flat"` compares with every one that the filter admits: exact, and the
   * faster one up to some 50,000 of them. `"hnsw"` misses some; for large stores that are searched as a whole.
   * All who share a store should say the same. @default "flat"
   */
  readonly index?: "flat" | "hnsw" | HnswOptions;
  /**
   * Where a store lies in a cluster. `"slot"`: whole on one shard, so that a batch is written as a whole or not at
   * all. `"spread"`: its records on all shards, for a store larger than one machine. Then a batch is written record
   * by record (`supports.atomicBatch` is false), and what lists and counts follows the records; and searching needs
   * the coordinator of the Search module, without which `open` rejects with `NOT_SUPPORTED`. A store stays in the
   * layout that it was first written in. @default "slot"
   */
  readonly layout?: "slot" | "spread";
  /** Connections for searches, beside the one for everything else. @default 2 */
  readonly searchConnections?: number;
  /** The clock for removals. @default systemRuntime */
  readonly runtime?: Runtime;
}

export interface HnswOptions {
  readonly algorithm: "hnsw";
  /** Neighbours that each vector is linked with. @default 16 */
  readonly m?: number;
  /** How many candidates are looked at where a vector is added. @default 200 */
  readonly efConstruction?: number;
  /** How many candidates a search looks at: more find more, and take longer. @default 200 */
  readonly efRuntime?: number;
}

export type HnswSettings = Required<Omit<HnswOptions, "algorithm">>;

export interface StorageSettings {
  readonly connection: ConnectionSettings;
  readonly prefix: string;
  readonly search: "auto" | "module";
  /** `undefined`: flat. */
  readonly hnsw: HnswSettings | undefined;
  /** Whether records lie on all shards. */
  readonly isSpread: boolean;
  readonly searchConnections: number;
  readonly runtime: Runtime;
}

const parameterNames = ["prefix", "search", "index", "layout"];

const parsers = {
  ...connectionParsers,
  retries: asGiven,
  retryDelayMs: asGiven,
  prefix: asGiven,
  search: asGiven,
  index: asGiven,
  layout: asGiven,
  searchConnections: asGiven,
  runtime: asGiven,
};

const hnswParsers = { algorithm: asGiven, m: asGiven, efConstruction: asGiven, efRuntime: asGiven };

/** The options of a storage, complete and checked. Throws `INVALID_INPUT`. */
export function storageSettings(given: string | ValkeyStorageOptions): StorageSettings {
  const { url, ...rest } = readOptions(given, parsers);
  const options = rest as ValkeyStorageOptions;
  const parsed = url === undefined ? undefined : parseValkeyUrl(url, parameterNames);
  const {
    prefix = parsed?.parameters.get("prefix") ?? "unimem",
    search = parsed?.parameters.get("search") ?? "auto",
    index = parsed?.parameters.get("index") ?? "flat",
    layout = parsed?.parameters.get("layout") ?? "slot",
    searchConnections = 2,
    runtime = systemRuntime,
  } = options;
  checkPrefix(prefix);
  checkWhole("searchConnections", searchConnections, 0, 100);
  if (search !== "auto" && search !== "module")
    throw invalidInput("search", 'search must be "auto" or "module".');
  if (layout !== "slot" && layout !== "spread")
    throw invalidInput("layout", 'layout must be "slot" or "spread".');
  const isSpread = layout === "spread";
  const hnsw = hnswSettings(index);
  const connection = connectionSettings(parsed?.connection, options);
  if (isSpread && !connection.cluster)
    throw invalidInput("layout", 'layout "spread" is for a cluster: add cluster=true.');
  return { connection, prefix, search, hnsw, isSpread, searchConnections, runtime };
}

function hnswSettings(index: unknown): HnswSettings | undefined {
  if (index === "flat") return undefined;
  const isOptions = typeof index === "object" && index !== null && "algorithm" in index;
  if (index !== "hnsw" && !(isOptions && index.algorithm === "hnsw"))
    throw invalidInput("index", 'index must be "flat", "hnsw" or { algorithm: "hnsw", … }.');
  const given = isOptions ? parseOptions(index, hnswParsers, "index") : {};
  const { m = 16, efConstruction = 200, efRuntime = 200 } = given as Partial<HnswOptions>;
  checkWhole("index.m", m, 2, 512);
  checkWhole("index.efConstruction", efConstruction, 1, 4_096);
  checkWhole("index.efRuntime", efRuntime, 1, 4_096);
  return { m, efConstruction, efRuntime };
}

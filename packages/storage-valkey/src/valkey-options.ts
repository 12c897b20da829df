import { invalidInput, type Runtime, systemRuntime } from "@unimem/core/storage";
import {
  type ConnectionOptions,
  type ConnectionSettings,
  checkWhole,
  connectionSettings,
} from "./connection-options.ts";
import { parseValkeyUrl } from "./parse-valkey-url.ts";
import { checkPrefix } from "./store-keys.ts";

export interface ValkeyStorageOptions extends ConnectionOptions {
  /** What all keys of the store begin with: one server holds many stores. @default "unimem" */
  readonly prefix?: string;
  /**
   * `"auto"`: by the Search module where the server has it, else exactly in this process, with a warning.
   * `"module"`: a server without it is refused with `NOT_SUPPORTED`. @default "auto"
   */
  readonly search?: "auto" | "module";
  /** Connections for searches, beside the one for everything else. @default 2 */
  readonly searchConnections?: number;
  /** The clock for removals. @default systemRuntime */
  readonly runtime?: Runtime;
}

export interface StorageSettings {
  readonly connection: ConnectionSettings;
  readonly prefix: string;
  readonly search: "auto" | "module";
  readonly searchConnections: number;
  readonly runtime: Runtime;
}

const parameterNames = ["prefix", "search"];

/** The options of a storage, complete and checked. Throws `INVALID_INPUT`. */
export function storageSettings(given: string | ValkeyStorageOptions): StorageSettings {
  const { url, ...options } = typeof given === "string" ? { url: given } : given;
  const parsed = url === undefined ? undefined : parseValkeyUrl(url, parameterNames);
  const {
    prefix = parsed?.parameters.get("prefix") ?? "unimem",
    search = parsed?.parameters.get("search") ?? "auto",
    searchConnections = 2,
    runtime = systemRuntime,
  } = options as ValkeyStorageOptions;
  checkPrefix(prefix);
  checkWhole("searchConnections", searchConnections, 0, 100);
  if (search !== "auto" && search !== "module")
    throw invalidInput("search", 'search must be "auto" or "module".');
  const connection = connectionSettings({ ...parsed?.connection, ...options });
  return { connection, prefix, search, searchConnections, runtime };
}

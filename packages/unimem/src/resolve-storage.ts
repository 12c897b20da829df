import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inMemoryStorage, invalidInput, type StorageBackend } from "@unimem/core";
import { needPackage } from "./need-package.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What somebody writes who means the URL of a server, and no directory: half of its scheme, or a host and a port. */
const almostServer = /^["'`]?((valkey|redis)s?\s*(:|\/\/)|[^/\\]*:\d{2,5}(\/\d*)?$)/i;

/** What somebody writes who means a name or a URL, and no directory: `:memory:`, `"LanceDB"` in quotes, `s3:/bucket`. */
const almostName =
  /^([^\w/\\.]*(in.?memory|memory|lancedb|valkeys?|rediss?)[^\w/\\.]*$|["'`]?(lancedb|s3|gs|az):)/i;

/**
 * What a storage's name stands for; nothing is opened or loaded before the answer is called.
 *
 * - `"lancedb"`: the default directory, `$UNIMEM_STORAGE_DIR/memory` or `./.unimem/memory`.
 * - `"memory"`: this process only, lost when it ends.
 * - `lancedb://<directory>`, `file://…`, or any path: a LanceDB directory. `s3://`, `gs://`, `az://`: LanceDB there.
 * - `valkey://`, `valkeys://`, `redis://`, `rediss://`: a Valkey server, through `@unimem/valkey`.
 *
 * With none given `UNIMEM_STORAGE` decides, and without that `"lancedb"`.
 */
export function resolveStorage(
  storage: StorageBackend | string | undefined,
  env: Environment,
): StorageBackend | (() => Promise<StorageBackend>) {
  if (storage !== undefined && typeof storage !== "string") return storage;
  const name = (storage ?? env.UNIMEM_STORAGE ?? "lancedb").trim();
  if (name === "")
    throw invalidInput(
      "storage",
      'storage, or $UNIMEM_STORAGE where none is given, must not be blank; "lancedb" is the default.',
    );
  if (name === "memory") return async () => inMemoryStorage();
  if (name === "lancedb") return lance(join(defaultDirectory(env), "memory"));
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(name)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      // As a path it would become a directory of that name, with the password in it.
      if (almostServer.test(name))
        throw invalidInput(
          "storage",
          "storage looks like the URL of a Valkey server but is none; write it as valkey://user:password@host:6379/0.",
        );
      if (almostName.test(name))
        throw invalidInput(
          "storage",
          'storage looks like a name or a URL but is none; write "lancedb", "memory", valkey://host, s3://bucket/path, or ./ in front of a directory.',
        );
      return lance(name);
    case "file":
      return lance(fromFileUrl(name));
    case "lancedb":
      return lance(name.slice("lancedb://".length));
    case "s3":
    case "gs":
    case "az":
      return lance(name);
    case "valkey":
    case "valkeys":
    case "redis":
    case "rediss":
      return async () => {
        const { valkeyStorage } = await needPackage<{
          valkeyStorage: (url: string) => StorageBackend;
        }>("@unimem/valkey", `storage "${scheme}://"`);
        return valkeyStorage(name);
      };
    default:
      throw invalidInput(
        "storage",
        `storage has the unknown scheme "${scheme}://"; known are lancedb, file, s3, gs, az, valkey, valkeys, redis, rediss.`,
      );
  }
}

function defaultDirectory({ UNIMEM_STORAGE_DIR: given }: Environment): string {
  if (given === undefined) return ".unimem";
  if (given.trim() === "" || /^[a-z][a-z0-9+.-]+:\/\//i.test(given) || almostServer.test(given))
    throw invalidInput(
      "storage",
      "$UNIMEM_STORAGE_DIR must be the path of a directory, or not set; a URL goes into $UNIMEM_STORAGE.",
    );
  return given;
}

function fromFileUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw invalidInput("storage", "storage names no local file; write it as file:///path.", cause);
  }
}

function lance(uri: string): () => Promise<StorageBackend> {
  if (uri === "") throw invalidInput("storage", "storage names no directory after lancedb://.");
  return async () => {
    const { lanceStorage } = await import("@unimem/lancedb");
    return lanceStorage({ uri });
  };
}

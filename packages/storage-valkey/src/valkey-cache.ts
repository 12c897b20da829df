import {
  type Cache,
  type CacheOptions,
  cacheText,
  invalidInput,
  type JsonValue,
  type Runtime,
  systemRuntime,
} from "@unimem/core/storage";
import type { GlideString } from "@valkey/valkey-glide";
import { type Connection, connectValkey } from "./connection.ts";
import { type ConnectionOptions, checkWhole, connectionSettings } from "./connection-options.ts";
import { asGiven, connectionParsers, readOptions } from "./connection-parsers.ts";
import { toMember } from "./encode-text.ts";
import { isClusterClient } from "./glide.ts";
import { parseValkeyUrl } from "./parse-valkey-url.ts";
import { warnOfUselessCache } from "./server-warnings.ts";
import { failureKind, storageError } from "./storage-error.ts";
import { checkPrefix } from "./store-keys.ts";

export interface ValkeyCacheOptions extends Omit<ConnectionOptions, "retries" | "retryDelayMs"> {
  /** What all keys begin with; may be that of a storage. @default what the URL says, else "unimem" */
  readonly prefix?: string;
  /** Milliseconds that values are kept which are set without a time of their own. @default 24 hours */
  readonly ttlMs?: number;
  /** Milliseconds that one request may take. @default 250 */
  readonly requestTimeoutMs?: number;
  /** Milliseconds that connecting may take. @default 500 */
  readonly connectTimeoutMs?: number;
  /** For so many milliseconds after a failure nothing is asked of the server, and nothing found. @default 10 seconds */
  readonly pauseMs?: number;
  /** The clock for pauses. @default systemRuntime */
  readonly runtime?: Runtime;
}

export interface ValkeyCache extends Cache {
  /** Ends the connection. Afterwards nothing is found and nothing is kept. */
  close(): Promise<void>;
}

const parsers = {
  ...connectionParsers,
  prefix: asGiven,
  ttlMs: asGiven,
  pauseMs: asGiven,
  runtime: asGiven,
};

/** In front of every value, so that what somebody else wrote under the same key is not taken for one. */
const marker = "unimem:1:";

/**
 * A cache that many processes share. It never rejects because of the server: where that fails or is slow, values
 * are missing, and for a while it is not asked; what will not pass by itself is said in a warning. Connects on first
 * use. Throws `INVALID_INPUT` for options that cannot be.
 */
export function valkeyCache(given: string | ValkeyCacheOptions): ValkeyCache {
  const { url, ...options } = readOptions(given, parsers);
  const parsed = url === undefined ? undefined : parseValkeyUrl(url, ["prefix"]);
  const {
    prefix = parsed?.parameters.get("prefix") ?? "unimem",
    ttlMs: defaultTtlMs = 24 * 60 * 60 * 1_000,
    pauseMs = 10_000,
    runtime = systemRuntime,
    ...connection
  } = options as ValkeyCacheOptions;
  checkPrefix(prefix);
  checkTtl(defaultTtlMs);
  checkWhole("pauseMs", pauseMs, 0);
  const settings = connectionSettings(
    { requestTimeoutMs: 250, connectTimeoutMs: 500 },
    parsed?.connection,
    connection,
  );
  let connecting: Promise<Connection> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  async function attempt<Answer>(
    missing: Answer,
    ask: (connection: Connection) => Promise<Answer>,
  ): Promise<Answer> {
    if (isClosed || isPaused()) return missing;
    try {
      connecting ??= connectValkey(settings, 0);
      const own = connecting;
      own.catch(() => {
        if (connecting === own) connecting = undefined;
      });
      return await ask(await own);
    } catch (error) {
      failedAt = runtime.now().getTime();
      // What passes is not worth a word; what does not would make everybody embed everything for good.
      if (failureKind(error, { isCluster: settings.cluster }) === "lasting")
        warnOfUselessCache(storageError(error, "be used as a cache").message);
      return missing;
    }
  }

  // A clock that was set back ends the pause, because it could make it as long as the step.
  function isPaused(): boolean {
    const elapsed = runtime.now().getTime() - failedAt;
    return elapsed >= 0 && elapsed < pauseMs;
  }

  const keyOf = (key: string) => `${prefix}:c:${toMember(key)}`;

  async function getMany(keys: readonly string[]): Promise<(JsonValue | undefined)[]> {
    if (keys.length === 0) return [];
    const missing = keys.map(() => undefined);
    return attempt<(JsonValue | undefined)[]>(missing, async ({ glide, commands }) => {
      // Unlike GET it answers null for a list or a hash, and as bytes it takes what is no text.
      const found = await commands.mget(keys.map(keyOf), { decoder: glide.Decoder.Bytes });
      return found.map(readValue);
    });
  }

  async function setMany(
    entries: readonly (readonly [key: string, value: JsonValue])[],
    { ttlMs = defaultTtlMs }: CacheOptions = {},
  ): Promise<void> {
    checkTtl(ttlMs);
    const written = entries.map(([key, value]) => [keyOf(key), writeValue(value)] as const);
    if (written.length === 0) return;
    await attempt<unknown>(undefined, ({ glide, commands }) => {
      const expiry = { type: glide.TimeUnit.Milliseconds, count: Math.ceil(ttlMs) };
      if (isClusterClient(commands)) {
        const batch = new glide.ClusterBatch(false);
        for (const [key, value] of written) batch.set(key, value, { expiry });
        return commands.exec(batch, true);
      }
      const batch = new glide.Batch(false);
      for (const [key, value] of written) batch.set(key, value, { expiry });
      return commands.exec(batch, true);
    });
  }

  return {
    get: async (key) => (await getMany([key]))[0],
    set: (key, value, given) => setMany([[key, value]], given),
    delete: (key) => attempt(false, async ({ commands }) => (await commands.del([keyOf(key)])) > 0),
    exists: async (key) => (await getMany([key]))[0] !== undefined,
    getMany,
    setMany,
    async close() {
      isClosed = true;
      const [connection] = await Promise.allSettled([connecting]);
      if (connection.status === "fulfilled") connection.value?.close();
    },
  };
}

function checkTtl(ttlMs: number): void {
  if (!(ttlMs > 0 && ttlMs <= Number.MAX_SAFE_INTEGER / 2))
    throw invalidInput("ttlMs", "ttlMs must be a number of milliseconds above 0.");
}

function writeValue(value: JsonValue): string {
  return marker + cacheText(value);
}

function readValue(bytes: GlideString | null): JsonValue | undefined {
  if (!Buffer.isBuffer(bytes)) return undefined;
  const text = bytes.toString("utf8");
  if (!text.startsWith(marker)) return undefined;
  try {
    return JSON.parse(text.slice(marker.length));
  } catch {
    return undefined;
  }
}

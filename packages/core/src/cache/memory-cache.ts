import { LRUCache } from "lru-cache";
import type { JsonValue } from "../domain/metadata.ts";
import { parseLimit, parseOptions, parsePositive } from "../domain/parse-options.ts";
import { type Runtime, systemRuntime } from "../domain/runtime.ts";
import type { Cache } from "./cache.ts";
import { cacheText } from "./cache-text.ts";

export interface MemoryCacheOptions {
  /** The most values kept; the one unused for longest goes first. @default 1000 */
  readonly maxEntries?: number | undefined;
  /** Milliseconds that a value is kept which is set without a `ttlMs` of its own. @default for ever */
  readonly ttlMs?: number | undefined;
  /** @default the machine's */
  readonly runtime?: Runtime | undefined;
}

const parsers = {
  maxEntries: (value: unknown, field: string) => parseLimit(value, field, 10_000_000),
  ttlMs: parsePositive,
  runtime: (value: unknown) => value as Runtime,
};

/** A cache in this process, bounded, that forgets what was unused for longest. */
export function memoryCache(options: MemoryCacheOptions = {}): Cache {
  const {
    maxEntries = 1000,
    ttlMs = 0,
    runtime = systemRuntime,
  } = parseOptions(options, parsers, "options");
  // Values are kept as text, so that nobody changes what another is given, and a kept `null` is no miss.
  const values = new LRUCache<string, string>({
    max: maxEntries,
    ttl: Math.ceil(ttlMs), // whole milliseconds are all that it takes
    ttlResolution: 0,
    perf: { now: () => runtime.now().getTime() },
  });
  const get = (key: string) => {
    const text = values.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
  };
  const set = (key: string, text: string, ttl: number | undefined) =>
    void values.set(key, text, ttl === undefined ? {} : { ttl });
  return {
    get: async (key) => get(key),
    set: async (key, value, options) => set(key, cacheText(value), ttlOf(options)),
    delete: async (key) => values.delete(key),
    exists: async (key) => values.has(key),
    getMany: async (keys) => keys.map(get),
    setMany: async (entries, options) => {
      const ttl = ttlOf(options);
      const texts = entries.map(([key, value]) => [key, cacheText(value)] as const);
      for (const [key, text] of texts) set(key, text, ttl);
    },
  };
}

function ttlOf(options: unknown): number | undefined {
  return parseOptions(options, { ttlMs: parsePositive }, "options").ttlMs;
}

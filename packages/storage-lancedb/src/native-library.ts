import { createRequire } from "node:module";
import { MemoryError } from "@unimem/core/storage";

export interface NativeLibrary {
  readonly lancedb: typeof import("@lancedb/lancedb");
  readonly arrow: typeof import("apache-arrow");
}

let loaded: NativeLibrary | undefined;

/** Loads LanceDB and Arrow at the first call. Throws `NOT_SUPPORTED` where this platform has no binary. */
export function loadNativeLibrary(): NativeLibrary {
  if (loaded !== undefined) return loaded;
  // LanceDB reads this once, while it is loaded; by default it writes warnings to stderr.
  process.env.LANCEDB_LOG ??= "error";
  // `import` would load Arrow's ESM build: a second copy, whose classes LanceDB does not know.
  const require = createRequire(import.meta.url);
  try {
    loaded = { lancedb: require("@lancedb/lancedb"), arrow: require("apache-arrow") };
  } catch (cause) {
    throw new MemoryError(
      "NOT_SUPPORTED",
      `LanceDB could not be loaded on ${process.platform} ${process.arch}. Install with optional dependencies (they hold its binary), or choose another storage.`,
      { cause },
    );
  }
  return loaded;
}

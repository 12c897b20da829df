import type { Connection } from "@lancedb/lancedb";
import type { NativeLibrary } from "./native-library.ts";

const megabyte = 1024n * 1024n;
// LanceDB's own bounds are 6 GB and 1 GB.
const indexCacheBytes = 256n * megabyte;
const metadataCacheBytes = 64n * megabyte;

/**
 * Connects with bounded caches, so that reads see what other processes have committed; or, where it is `frozen`,
 * so that a table stays as it is when it is opened, and a change of its schema fails if it has changed since.
 */
export function connectLance(
  { lancedb }: NativeLibrary,
  uri: string,
  storageOptions: Record<string, string> | undefined,
  frozen = false,
): Promise<Connection> {
  return lancedb.connect({
    uri,
    // Zero: every read looks for the latest version, for a tenth of a millisecond.
    ...(!frozen && { readConsistencyInterval: 0 }),
    session: new lancedb.Session(indexCacheBytes, metadataCacheBytes),
    ...(storageOptions && { storageOptions }),
  });
}

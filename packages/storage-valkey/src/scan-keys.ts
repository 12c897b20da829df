import type { ClusterScanCursor } from "@valkey/valkey-glide";
import { isClusterClient } from "./glide.ts";
import type { RoundTrips } from "./round-trips.ts";

const pageSize = 1_000;

/** Where a scan goes on. GLIDE forgets a scan of a cluster when its cursor is no longer held, so it is kept as it is. */
type Cursor = string | ClusterScanCursor;

/** All keys that a pattern covers, in pages; one may come twice. */
export async function* scanKeys(trips: RoundTrips, pattern: string): AsyncGenerator<string[]> {
  let cursor: Cursor | undefined;
  do {
    const from: Cursor | undefined = cursor;
    const [next, keys] = await scanPage(trips, pattern, from);
    cursor = next;
    if (keys.length > 0) yield keys;
  } while (cursor !== undefined);
}

async function scanPage(
  trips: RoundTrips,
  match: string,
  from: Cursor | undefined,
): Promise<[next: Cursor | undefined, keys: string[]]> {
  return trips.read(async ({ glide, commands }) => {
    const options = { match, count: pageSize, decoder: glide.Decoder.String };
    if (isClusterClient(commands)) {
      const start = (from as ClusterScanCursor | undefined) ?? new glide.ClusterScanCursor();
      const [next, keys] = await commands.scan(start, options);
      return [next.isFinished() ? undefined : next, keys.map(String)];
    }
    const [next, keys] = await commands.scan((from as string | undefined) ?? "0", options);
    return [String(next) === "0" ? undefined : String(next), keys.map(String)];
  });
}

import type { Glide, ValkeyClient } from "./glide.ts";
import { isClusterClient } from "./glide.ts";
import type { RoundTrips } from "./round-trips.ts";

const pageSize = 1_000;

/** All keys that a pattern covers, in pages; one may come twice. */
export async function* scanKeys(trips: RoundTrips, pattern: string): AsyncGenerator<string[]> {
  let cursor: string | undefined;
  do {
    const from = cursor;
    const [next, keys] = await trips.read(({ glide, commands }) =>
      scanPage(glide, commands, pattern, from),
    );
    cursor = next;
    if (keys.length > 0) yield keys;
  } while (cursor !== undefined);
}

async function scanPage(
  glide: Glide,
  client: ValkeyClient,
  match: string,
  cursor: string | undefined,
): Promise<[next: string | undefined, keys: string[]]> {
  const options = { match, count: pageSize, decoder: glide.Decoder.String };
  if (isClusterClient(client)) {
    const from = new glide.ClusterScanCursor(cursor);
    const [next, keys] = await client.scan(from, options);
    return [next.isFinished() ? undefined : next.getCursor(), keys.map(String)];
  }
  const [next, keys] = await client.scan(cursor ?? "0", options);
  return [String(next) === "0" ? undefined : String(next), keys.map(String)];
}

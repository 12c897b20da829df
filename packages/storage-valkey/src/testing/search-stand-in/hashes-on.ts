import { bytesOf, itemsOf } from "../resp.ts";
import type { ValkeyConnection } from "../valkey-connection.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { contentMap } from "./index-snapshot.ts";
import { type IndexedHash, indexHash } from "./indexed-hash.ts";

/**
 * The hashes of an index that lie on one node of a cluster, those on their way to it among them. Unlike a snapshot
 * by script, which may not touch the keys of a slot that is moving, it is not of one moment.
 */
export async function hashesOn(
  { send }: ValkeyConnection,
  definition: IndexDefinition,
): Promise<IndexedHash[]> {
  const patterns = definition.prefixes.map((prefix) => `${prefix.replace(/[*?[\]^\\]/g, "\\$&")}*`);
  const pages = await Promise.all(
    (patterns.length === 0 ? ["*"] : patterns).map((each) =>
      send("KEYS", Buffer.from(each, "latin1")),
    ),
  );
  const keys = pages.flatMap((page) => itemsOf(page).map(bytesOf));
  const hashes = await Promise.all(
    keys.map(async (key) => {
      void send("ASKING");
      // Meanwhile deleted or moved on; and what is no hash is in no index.
      const content = await send("HGETALL", key).catch(() => undefined);
      if (content === undefined || itemsOf(content).length === 0) return undefined;
      return indexHash(definition, key.toString("latin1"), contentMap(itemsOf(content)));
    }),
  );
  return hashes.filter((hash) => hash !== undefined);
}

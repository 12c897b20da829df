import { ensureValkeyServer } from "../packages/storage-valkey/src/testing/ensure-valkey-server.ts";
import { startSearchStandIn } from "../packages/storage-valkey/src/testing/search-stand-in/start-search-stand-in.ts";
import { startValkeyServer } from "../packages/storage-valkey/src/testing/valkey-server.ts";
import type { Finding } from "./report.ts";
import { measureValkeyReads } from "./valkey-reads.ts";
import { measureValkeySearch } from "./valkey-search.ts";
import { measureValkeyWrites } from "./valkey-writes.ts";

/** The distributed storage beside bare calls of its client library, on one server of its own. */
export async function valkey(): Promise<Finding[]> {
  if (!ensureValkeyServer({ install: false })) {
    console.error("There is no valkey-server on the PATH to measure; nothing was measured.");
    return [];
  }
  const server = await startValkeyServer({ appendonly: false });
  // Over the module's commands it is slow, and as slow for both: what counts are the ratios.
  const standIn = await startSearchStandIn({ target: server.url });
  try {
    return [
      ...(await measureValkeyWrites(server.url)),
      ...(await measureValkeyReads(server.url, [10_000, 100_000])),
      ...(await measureValkeySearch({ url: server.url, standIn: standIn.url })),
    ];
  } finally {
    await standIn.stop();
    await server.stop();
  }
}

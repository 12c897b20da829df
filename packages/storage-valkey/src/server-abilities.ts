import type { StorageSupport } from "@unimem/core/storage";
import type { RoundTrips } from "./round-trips.ts";

/** What this server can do, by its own account. */
export interface ServerAbilities {
  readonly hasSearch: boolean;
  readonly durability: StorageSupport["durability"];
}

export async function askAbilities(trips: RoundTrips): Promise<ServerAbilities> {
  // GLIDE has no method for it. FT._LIST and MODULE LIST need rights of administration.
  const [known] = await trips.batch((batch) => {
    batch.customCommand(["COMMAND", "INFO", "FT.SEARCH"]);
  });
  const hasSearch = Array.isArray(known) && known.length > 0 && known[0] !== null;
  return { hasSearch, durability: await askDurability(trips) };
}

/**
 * What a resolved write survives: a loss of power where each is synced to the disk before it is answered, the end
 * of processes where it is in the append-only file. "none" where the server keeps no such file, or does not say.
 */
async function askDurability(trips: RoundTrips): Promise<StorageSupport["durability"]> {
  try {
    const [config] = await trips.batch((batch) => {
      batch.configGet(["appendonly", "appendfsync", "no-appendfsync-on-rewrite"]);
    });
    const settings = asRecord(config);
    if (settings.appendonly !== "yes") return "none";
    const isSynced =
      settings.appendfsync === "always" && settings["no-appendfsync-on-rewrite"] === "no";
    return isSynced ? "host" : "process";
  } catch {
    return askPersistence(trips);
  }
}

/** Managed servers forbid CONFIG. */
async function askPersistence(trips: RoundTrips): Promise<StorageSupport["durability"]> {
  try {
    const [info] = await trips.batch((batch, { InfoOptions }) => {
      batch.info([InfoOptions.Persistence]);
    });
    return /^aof_enabled:1/m.test(String(info)) ? "process" : "none";
  } catch {
    return "none";
  }
}

/** In a batch GLIDE answers with a list of `key` and `value`, elsewhere with an object. */
function asRecord(answer: unknown): Record<string, unknown> {
  if (!Array.isArray(answer)) return (answer ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    (answer as { key: string; value: unknown }[]).map(({ key, value }) => [key, value]),
  );
}

import type { StorageSupport } from "@unimem/core/storage";
import { isClusterClient } from "./glide.ts";
import type { RoundTrips } from "./round-trips.ts";
import { warnOfEviction } from "./server-warnings.ts";
import { failureKind } from "./storage-error.ts";

/** What this server can do, by its own account. */
export interface ServerAbilities {
  readonly hasSearch: boolean;
  readonly durability: StorageSupport["durability"];
}

/** Asks the server, in a cluster the node that has `key`. */
export async function askAbilities(trips: RoundTrips, key: string): Promise<ServerAbilities> {
  // GLIDE has no method for it. FT._LIST and MODULE LIST need rights of administration.
  const asked = ["COMMAND", "INFO", "FT.SEARCH"];
  const known = await trips.read(({ commands }) =>
    isClusterClient(commands)
      ? commands.customCommand(asked, { route: { type: "primarySlotKey", key } })
      : commands.customCommand(asked),
  );
  const hasSearch = Array.isArray(known) && known.length > 0 && known[0] !== null;
  const settings = await askSettings(trips, key);
  if (settings["maxmemory-policy"]?.startsWith("allkeys-")) warnOfEviction();
  return { hasSearch, durability: durabilityOf(settings) };
}

type Settings = Readonly<Record<string, string | undefined>>;

const names = ["appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"];

/** What the server says of its settings. Managed servers forbid CONFIG; INFO says less. */
async function askSettings(trips: RoundTrips, key: string): Promise<Settings> {
  const route = { type: "primarySlotKey", key } as const;
  try {
    const answer = await trips.read(({ commands }) =>
      isClusterClient(commands) ? commands.configGet(names, { route }) : commands.configGet(names),
    );
    return answer as Record<string, string>;
  } catch (configError) {
    if (failureKind(configError) !== "lasting") throw configError;
  }
  try {
    const info = await trips.read(({ glide, commands }) => {
      const sections = [glide.InfoOptions.Persistence];
      return isClusterClient(commands)
        ? commands.info({ sections, route })
        : commands.info(sections);
    });
    return { appendonly: /^aof_enabled:1/m.test(String(info)) ? "yes" : "no" };
  } catch (infoError) {
    if (failureKind(infoError) !== "lasting") throw infoError;
    return {};
  }
}

/**
 * What a resolved write survives: a loss of power where each is synced to the disk before it is answered, the end
 * of processes where it is in the append-only file. "none" where the server keeps no such file, or does not say.
 */
export function durabilityOf(settings: Settings): StorageSupport["durability"] {
  if (settings.appendonly !== "yes") return "none";
  const isSynced =
    settings.appendfsync === "always" && settings["no-appendfsync-on-rewrite"] === "no";
  return isSynced ? "host" : "process";
}

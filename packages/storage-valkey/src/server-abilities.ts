import type { StorageSupport } from "@unimem/core/storage";
import { isClusterClient } from "./glide.ts";
import type { RoundTrips } from "./round-trips.ts";
import { warnOfEviction, warnOfOldServer } from "./server-warnings.ts";
import { failureKind } from "./storage-error.ts";

/** What this server can do, by its own account. */
export interface ServerAbilities {
  readonly hasSearch: boolean;
  readonly durability: StorageSupport["durability"];
}

/**
 * Asks the server, in a cluster the node that has `key`; where records lie on all shards, every node what a write
 * survives, of which the least counts.
 */
export async function askAbilities(
  trips: RoundTrips,
  key: string,
  { isSpread }: { readonly isSpread: boolean },
): Promise<ServerAbilities> {
  // GLIDE has no method for it. FT._LIST and MODULE LIST need rights of administration.
  const asked = ["COMMAND", "INFO", "FT.SEARCH"];
  const known = await trips.read(({ commands }) =>
    isClusterClient(commands)
      ? commands.customCommand(asked, { route: { type: "primarySlotKey", key } })
      : commands.customCommand(asked),
  );
  const hasSearch = Array.isArray(known) && known.length > 0 && known[0] !== null;
  if (hasSearch) await checkVersion(trips, key);
  const route = isSpread ? "allPrimaries" : ({ type: "primarySlotKey", key } as const);
  const settings = await askSettings(trips, route);
  // What a spread store remembers of removed records has a lifetime, and so would go first.
  const evicting = isSpread ? /^(allkeys|volatile)-/ : /^allkeys-/;
  if (settings.some((each) => evicting.test(each["maxmemory-policy"] ?? ""))) warnOfEviction();
  const durabilities = settings.map(durabilityOf);
  const durability = weakestFirst.find((each) => durabilities.includes(each)) ?? "none";
  return { hasSearch, durability };
}

const weakestFirst = ["none", "process", "host"] as const;

type Route = "allPrimaries" | { readonly type: "primarySlotKey"; readonly key: string };

type Settings = Readonly<Record<string, string | undefined>>;

const names = ["appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"];

/** What each server asked says of its settings. Managed servers forbid CONFIG; INFO says less. */
async function askSettings(trips: RoundTrips, route: Route): Promise<Settings[]> {
  try {
    const answer = await trips.read(({ glide, commands }) => {
      const decoder = glide.Decoder.String;
      return isClusterClient(commands)
        ? commands.configGet(names, { route, decoder })
        : commands.configGet(names, { decoder });
    });
    return route === "allPrimaries"
      ? Object.values(answer as Record<string, Settings>)
      : [answer as Settings];
  } catch (configError) {
    if (failureKind(configError) !== "lasting") throw configError;
  }
  try {
    const infos = await askInfo(trips, route, "Persistence");
    return infos.map((info) => ({ appendonly: /^aof_enabled:1/m.test(info) ? "yes" : "no" }));
  } catch (infoError) {
    if (failureKind(infoError) !== "lasting") throw infoError;
    return [];
  }
}

/** Versions before 9.1.2 hang; see `warnOfOldServer`. Other servers than Valkey do not say this version. */
async function checkVersion(trips: RoundTrips, key: string): Promise<void> {
  const [info = ""] = await askInfo(trips, { type: "primarySlotKey", key }, "Server");
  const version = /^valkey_version:(\S+)/m.exec(info)?.[1];
  if (version !== undefined && isBefore(version, [9, 1, 2])) warnOfOldServer(version);
}

export function isBefore(
  version: string,
  [major, minor, patch]: [number, number, number],
): boolean {
  const [a = 0, b = 0, c = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return (a - major || b - minor || c - patch) < 0;
}

async function askInfo(
  trips: RoundTrips,
  route: Route,
  section: "Server" | "Persistence",
): Promise<string[]> {
  const info = await trips.read(({ glide, commands }) => {
    const sections = [glide.InfoOptions[section]];
    return isClusterClient(commands) ? commands.info({ sections, route }) : commands.info(sections);
  });
  return typeof info === "string" ? [info] : Object.values(info).map(String);
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

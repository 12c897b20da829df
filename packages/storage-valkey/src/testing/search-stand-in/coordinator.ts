import { bulk, failure, integer, list, type RespValue, status } from "../resp.ts";
import type { ValkeyConnection } from "../valkey-connection.ts";
import { hashesOn } from "./hashes-on.ts";
import { type IndexDefinition, parseIndexDefinition } from "./index-definition.ts";
import { indexInfo } from "./index-info.ts";
import type { IndexedHash } from "./indexed-hash.ts";
import { runSearch } from "./run-search.ts";
import { commandInfo, refused, type Translation, utf8 } from "./search-commands.ts";
import { SearchRefusal } from "./search-refusal.ts";
import { parseSearchRequest } from "./search-request.ts";

/**
 * The Search module of one node of a cluster. With a coordinator the indexes are those of all nodes, and so are the
 * records that a search sees; without one every node has indexes of its own over its own records, and says so only
 * to who asks.
 */
export interface CoordinatedModule {
  readonly hasCoordinator: boolean;
  /** Shared by all nodes where there is a coordinator. */
  readonly indexes: Map<string, IndexDefinition>;
  /** To every node whose records a search sees. */
  readonly nodes: readonly ValkeyConnection[];
}

/** `undefined` for what the server answers itself. */
export function translateOnNode(
  module: CoordinatedModule,
  args: readonly string[],
  database: number,
): Translation | undefined {
  const [name = "", index = "", ...rest] = args;
  const command = name.toUpperCase();
  if (command === "COMMAND" && index.toUpperCase() === "INFO") return commandInfo(rest);
  if (!command.startsWith("FT.")) return undefined;
  const turn = refused("");
  return {
    ask: turn.ask,
    async answer() {
      try {
        return await answerOn(module, command, { index, rest, database });
      } catch (error) {
        if (error instanceof SearchRefusal) return failure(utf8(error.message));
        throw error;
      }
    },
  };
}

interface Asked {
  readonly index: string;
  readonly rest: readonly string[];
  readonly database: number;
}

async function answerOn(
  module: CoordinatedModule,
  command: string,
  { index, rest, database }: Asked,
): Promise<RespValue> {
  const { indexes } = module;
  if (command === "FT._LIST") return list([...indexes.keys()].map(status));
  const definition = indexes.get(index);
  if (command === "FT.CREATE") {
    if (definition !== undefined)
      throw new SearchRefusal(`Index ${index} in database ${database} already exists.`);
    indexes.set(index, parseIndexDefinition([index, ...rest]));
    return status("OK");
  }
  if (definition === undefined)
    throw new SearchRefusal(`Index with name '${index}' not found in database ${database}`);
  switch (command) {
    case "FT.DROPINDEX":
      indexes.delete(index);
      return status("OK");
    case "FT.INFO":
      return describe(module, definition, rest[0]?.toUpperCase() ?? "LOCAL");
    case "FT.SEARCH": {
      const request = parseSearchRequest(definition, withoutShards(module, rest));
      return runSearch(definition, await seenBy(module, definition), request);
    }
    default:
      throw new SearchRefusal(`The stand-in does not know ${command}.`);
  }
}

async function describe(
  module: CoordinatedModule,
  definition: IndexDefinition,
  scope: string,
): Promise<RespValue> {
  const hashes = await seenBy(module, definition);
  if (scope === "LOCAL") return indexInfo(definition, hashes);
  if (!module.hasCoordinator)
    throw new SearchRefusal(`${scope} option is not valid in this configuration`);
  const begin = [status("mode"), status(scope.toLowerCase())];
  const named = [...begin, status("index_name"), status(definition.name)];
  if (scope === "PRIMARY")
    return list([
      ...named,
      ...[status("num_docs"), integer(hashes.length)],
      ...[status("num_records"), integer(hashes.length)],
      ...[status("hash_indexing_failures"), integer(0)],
    ]);
  return list([
    ...named,
    ...[status("backfill_in_progress"), bulk("0")],
    ...[status("backfill_complete_percent_max"), bulk("1.000000")],
    ...[status("backfill_complete_percent_min"), bulk("1.000000")],
    ...[status("state"), status("ready")],
  ]);
}

/** What of a search speaks of shards: all that are asked always answer here. */
function withoutShards({ hasCoordinator }: CoordinatedModule, rest: readonly string[]): string[] {
  const [query = "", ...options] = rest;
  const ofShards = ["ALLSHARDS", "SOMESHARDS", "CONSISTENT", "INCONSISTENT"];
  return [query, ...options.filter((option) => !(hasCoordinator && ofShards.includes(option)))];
}

async function seenBy(
  { nodes }: CoordinatedModule,
  definition: IndexDefinition,
): Promise<IndexedHash[]> {
  return (await Promise.all(nodes.map((node) => hashesOn(node, definition)))).flat();
}

import {
  bulk,
  encodeCommand,
  failure,
  integer,
  isFailure,
  itemsOf,
  list,
  type RespValue,
  status,
  textOf,
} from "../resp.ts";
import { type IndexDefinition, parseIndexDefinition } from "./index-definition.ts";
import { indexInfo } from "./index-info.ts";
import { indexSnapshot, readSnapshot } from "./index-snapshot.ts";
import type { IndexedHash } from "./indexed-hash.ts";
import { runSearch } from "./run-search.ts";
import { SearchRefusal } from "./search-refusal.ts";
import { parseSearchRequest } from "./search-request.ts";

/** A command of the module, as one that the server knows and what follows from the server's answer. */
export interface Translation {
  readonly ask: Buffer;
  answer(reply: RespValue): RespValue | Promise<RespValue>;
}

// The definitions lie in the server, so that FLUSHDB, restarts and other stand-ins treat them as the module's.
const registry = "search-stand-in:indexes";

const known = ["FT.CREATE", "FT.SEARCH", "FT.INFO", "FT._LIST", "FT.DROPINDEX"];

/** `undefined` for what the server answers itself. `args` are binary strings. */
export function translate(args: readonly string[], database: number): Translation | undefined {
  const [command = "", index = "", ...rest] = args.map((arg, i) =>
    i === 0 ? arg.toUpperCase() : arg,
  );
  if (command === "COMMAND" && index.toUpperCase() === "INFO") return commandInfo(rest);
  if (!command.startsWith("FT.")) return undefined;
  const missing = `Index with name '${index}' not found in database ${database}`;
  switch (command) {
    case "FT.CREATE":
      return refusable(() => {
        parseIndexDefinition([index, ...rest]);
        return ask(["HSETNX", registry, index, JSON.stringify([index, ...rest])], (reply) =>
          textOf(reply) === "1"
            ? status("OK")
            : failure(`Index ${index} in database ${database} already exists.`),
        );
      });
    case "FT.DROPINDEX":
      return ask(["HDEL", registry, index], (reply) =>
        textOf(reply) === "1" ? status("OK") : failure(missing),
      );
    case "FT._LIST":
      return ask(["HKEYS", registry], (reply) =>
        list(itemsOf(reply).map((name) => status(textOf(name)))),
      );
    case "FT.INFO": {
      const [scope = "LOCAL"] = rest;
      if (scope.toUpperCase() !== "LOCAL")
        return refused(`${scope.toUpperCase()} option is not valid in this configuration`);
      return overIndex(index, missing, indexInfo);
    }
    case "FT.SEARCH":
      return overIndex(index, missing, (definition, hashes) =>
        runSearch(definition, hashes, parseSearchRequest(definition, rest)),
      );
    default:
      return refused(`The stand-in does not know ${command}.`);
  }
}

function overIndex(
  index: string,
  missing: string,
  answer: (definition: IndexDefinition, hashes: IndexedHash[]) => RespValue,
): Translation {
  return ask(["EVAL", indexSnapshot, "1", registry, index], (reply) => {
    const snapshot = readSnapshot(reply);
    if (snapshot === undefined) return failure(utf8(missing));
    return answer(snapshot.definition, snapshot.hashes);
  });
}

function ask(command: readonly string[], answer: (reply: RespValue) => RespValue): Translation {
  return {
    ask: encodeCommand(command.map((arg) => Buffer.from(arg, "latin1"))),
    answer(reply) {
      // A script is refused in other words than the module's commands are.
      if (isFailure(reply) && reply.text.startsWith("OOM"))
        return failure("OOM command not allowed when used memory > 'maxmemory'.");
      if (isFailure(reply)) return reply;
      try {
        return answer(reply);
      } catch (error) {
        if (error instanceof SearchRefusal) return failure(utf8(error.message));
        throw error;
      }
    },
  };
}

/** Refused in its turn: behind the answers to the commands before it. */
export function refused(why: string): Translation {
  return ask(["PING"], () => failure(utf8(why)));
}

function refusable(translation: () => Translation): Translation {
  try {
    return translation();
  } catch (error) {
    if (error instanceof SearchRefusal) return refused(error.message);
    throw error;
  }
}

/** The server's own answer, with an entry for each command of the module where it has none. */
export function commandInfo(names: readonly string[]): Translation | undefined {
  if (!names.some((name) => known.includes(name.toUpperCase()))) return undefined;
  return ask(["COMMAND", "INFO", ...names], (reply) =>
    list(
      itemsOf(reply).map((item, i) => {
        const name = names[i]?.toUpperCase() ?? "";
        return item.type === "_" && known.includes(name) ? moduleCommand(name) : item;
      }),
    ),
  );
}

/** Name, arity, flags, first and last key, step, categories, tips, key specifications, subcommands. */
function moduleCommand(name: string): RespValue {
  const [none, nothing] = [integer(0), list([])];
  const flags = list([status("module")]);
  return list([
    bulk(name),
    integer(-1),
    flags,
    none,
    none,
    none,
    nothing,
    nothing,
    nothing,
    nothing,
  ]);
}

export function utf8(binary: string): string {
  return Buffer.from(binary, "latin1").toString();
}

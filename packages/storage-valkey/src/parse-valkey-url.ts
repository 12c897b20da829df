import { invalidInput } from "@unimem/core/storage";
import { type ConnectionOptions, checkWhole, defaultPort } from "./connection-options.ts";

/** What a URL says: the connection, and its query as it stands. */
export interface ParsedUrl {
  readonly connection: Pick<
    ConnectionOptions,
    "addresses" | "credentials" | "database" | "cluster" | "tls"
  >;
  /** Each parameter once; those of the connection are taken out. */
  readonly parameters: ReadonlyMap<string, string>;
}

const schemes = new Map([
  ["valkey:", false],
  ["valkeys:", true],
  ["redis:", false],
  ["rediss:", true],
]);

/**
 * Reads `valkey[s]://[user[:password]@]host[:port][/database][?name=value…]`, with `redis[s]://` as another
 * name. Knows `cluster=true`; a caller names the other parameters that it knows in `known`. Throws
 * `INVALID_INPUT`, whose message never repeats the URL: it may hold a password.
 */
export function parseValkeyUrl(text: string, known: readonly string[]): ParsedUrl {
  const url = URL.parse(text.trim());
  const tls = schemes.get(url?.protocol ?? "");
  if (url === null || tls === undefined)
    throw refused("must look like valkey://user:password@host:6379/0, or valkeys:// for TLS");
  if (url.hash !== "") throw refused("has a #; write it as %23 in a password or a parameter");
  const host = decoded(url.hostname.replace(/^\[(.*)\]$/, "$1"));
  if (host === "") throw refused("names no host");
  if (/[\s\p{Cc},/?#@]/u.test(host))
    throw refused("has a host that is none; several hosts go into the option addresses");
  const parameters = readParameters(url, [...known, "cluster"]);
  const cluster = parameters.get("cluster");
  if (cluster !== undefined && cluster !== "true" && cluster !== "false")
    throw refused("has a cluster that is neither true nor false");
  parameters.delete("cluster");
  const port = url.port === "" ? defaultPort : Number(url.port);
  checkWhole("port", port, 1, 65_535);
  const credentials = readCredentials(url);
  return {
    connection: {
      addresses: [{ host, port }],
      database: readDatabase(url.pathname),
      cluster: cluster === "true",
      tls,
      ...(credentials && { credentials }),
    },
    parameters,
  };
}

function readCredentials({ username, password }: URL): ConnectionOptions["credentials"] {
  if (username === "" && password === "") return undefined;
  if (password === "")
    throw refused("has a user without a password; a password alone is written as :password@");
  return {
    ...(username !== "" && { username: decoded(username) }),
    password: decoded(password),
  };
}

function readDatabase(path: string): number {
  const database = /^\/?(\d{0,5})$/.exec(path)?.[1];
  if (database === undefined)
    throw refused("has a path that is no database number; a prefix for keys goes into ?prefix=");
  return Number(database);
}

function readParameters({ searchParams }: URL, known: readonly string[]): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of searchParams) {
    if (!known.includes(name))
      throw refused(`has a parameter that is not known; known are ${known.join(", ")}`);
    if (parameters.has(name)) throw refused(`has the parameter ${name} twice`);
    parameters.set(name, value);
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused("holds a % that is not followed by two hexadecimal digits; write it as %25");
  }
}

function refused(what: string): Error {
  return invalidInput("url", `The URL of the Valkey server ${what}.`);
}

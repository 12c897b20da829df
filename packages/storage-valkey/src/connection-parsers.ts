import { invalidInput, type Parsed, parseBoolean, parseOptions } from "@unimem/core/storage";
import type { ConnectionOptions, TlsOptions } from "./connection-options.ts";
import type { ValkeyClient } from "./glide.ts";

type Addresses = NonNullable<ConnectionOptions["addresses"]>;
type Credentials = NonNullable<ConnectionOptions["credentials"]>;
type Clients = NonNullable<ConnectionOptions["clients"]>;

export const asGiven = (value: unknown): unknown => value;

/** The shape of each option of a connection; numbers are checked once defaults are filled in. */
export const connectionParsers = {
  url: parseUrlText,
  addresses: parseAddresses,
  credentials: parseCredentials,
  database: asGiven,
  cluster: parseBoolean,
  tls: parseTls,
  requestTimeoutMs: asGiven,
  connectTimeoutMs: asGiven,
  clients: parseClients,
};

/**
 * A URL alone, or options, of which an `undefined` one is left out: it takes nothing away, such as the TLS that a URL
 * asks for. Nothing at all is refused: it is a setting that somebody has forgotten.
 */
export function readOptions<Parsers extends Parameters<typeof parseOptions>[1]>(
  given: unknown,
  parsers: Parsers,
): Parsed<Parsers> {
  if (given === undefined)
    throw invalidInput("options", "options are missing: give the URL of the server, or an object.");
  return parseOptions(typeof given === "string" ? { url: given } : given, parsers, "options");
}

function parseUrlText(value: unknown, field: string): string {
  if (typeof value !== "string") throw invalidInput(field, `${field} must be a string.`);
  return value;
}

function parseAddresses(value: unknown, field: string): Addresses {
  if (!Array.isArray(value) || value.length === 0)
    throw invalidInput(field, `${field} must be an array of { host, port } that is not empty.`);
  for (const each of value) {
    const { host } = parseOptions(each, { host: asGiven, port: asGiven }, field);
    if (typeof host !== "string" || host === "")
      throw invalidInput(field, `${field} must each have a host, a string that is not empty.`);
  }
  return value;
}

function parseCredentials(value: unknown, field: string): Credentials {
  const given = parseOptions(value, { username: asGiven, password: asGiven }, field);
  const { username = "", password } = given;
  if (typeof username !== "string" || typeof password !== "string")
    throw invalidInput(field, `${field} must have a password, and may have a username: strings.`);
  return given as Credentials;
}

function parseTls(value: unknown, field: string): boolean | TlsOptions {
  if (typeof value === "boolean") return value;
  const { ca, insecure } = parseOptions(value, { ca: asGiven, insecure: parseBoolean }, field);
  // The client would take a path for a certificate, and trust nobody.
  const isText = typeof ca === "string" || Buffer.isBuffer(ca);
  if (ca !== undefined && !(isText && ca.includes("-----BEGIN")))
    throw invalidInput(field, `${field}.ca must be a certificate as PEM, not the path of one.`);
  return { ...(isText && { ca }), ...(insecure !== undefined && { insecure }) };
}

function parseClients(value: unknown, field: string): Clients {
  const { commands, search = [] } = parseOptions(
    value,
    { commands: asGiven, search: asGiven },
    field,
  );
  if (!isClient(commands) || !Array.isArray(search) || !search.every(isClient))
    throw invalidInput(
      field,
      `${field} must have commands, a client of @valkey/valkey-glide, and may have search, an array of them.`,
    );
  return { commands, search };
}

function isClient(value: unknown): value is ValkeyClient {
  return typeof (value as Partial<ValkeyClient> | null)?.customCommand === "function";
}

import { invalidInput } from "@unimem/core/storage";
import { isClusterClient, type ValkeyClient } from "./glide.ts";

/** Where the server is and how to reach it. What is given here goes before what a URL says. */
export interface ConnectionOptions {
  /**
   * `valkey://user:password@host:6379/0?prefix=…&cluster=true`; `valkeys://` with TLS. `redis://` and `rediss://` mean
   * the same. Of a storage it also takes `search`, `index` and `layout`. @default "valkey://127.0.0.1"
   */
  readonly url?: string;
  /**
   * Some of the nodes of a cluster, where one is not enough to find the others; or a primary and its replicas, any of which
   * may become the primary. @default what the URL says, else 127.0.0.1:6379
   */
  readonly addresses?: readonly { readonly host: string; readonly port?: number }[];
  /** @default what the URL says, else none */
  readonly credentials?: { readonly username?: string; readonly password: string };
  /** @default what the URL says, else 0 */
  readonly database?: number;
  /** Whether the addresses are of a cluster. @default what the URL says, else false */
  readonly cluster?: boolean;
  /** @default whether the URL begins with `valkeys://` or `rediss://` */
  readonly tls?: boolean | TlsOptions;
  /** Milliseconds that one request may take, searches included. @default 5000 */
  readonly requestTimeoutMs?: number;
  /** Milliseconds that one attempt to connect may take. @default 2000 */
  readonly connectTimeoutMs?: number;
  /** How often a request is repeated that met a broken connection, a timeout, or a server that is loading. @default 5 */
  readonly retries?: number;
  /** Milliseconds before the first repetition; each later one waits twice as long, at most 2 s. @default 100 */
  readonly retryDelayMs?: number;
  /**
   * Clients of your own, used instead of new ones and never closed; whom they call and how long they wait is what you
   * made them with. `search` is for long requests. @default `search`: `commands`
   */
  readonly clients?: { readonly commands: ValkeyClient; readonly search?: readonly ValkeyClient[] };
}

export interface TlsOptions {
  /** The authority that signed the server's certificate, as PEM. @default the system's */
  readonly ca?: string | Buffer;
  /** Accept any certificate: for tests. @default false */
  readonly insecure?: boolean;
}

/** The options of a connection, complete and checked. */
export interface ConnectionSettings {
  /** None where clients are given: where those have connected to is not known here. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  readonly credentials: { readonly username?: string; readonly password: string } | undefined;
  readonly database: number;
  readonly cluster: boolean;
  readonly tls: TlsOptions | undefined;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly retry: RetryPolicy;
  readonly clients: ConnectionOptions["clients"];
}

export interface RetryPolicy {
  readonly retries: number;
  readonly delayMs: number;
}

export const defaultPort = 6379;

type Given = Omit<ConnectionOptions, "url">;

/** Checks the options and fills in the defaults; of several, what is given later goes before. Throws `INVALID_INPUT`. */
export function connectionSettings(...given: readonly (Given | undefined)[]): ConnectionSettings {
  const options: Given = Object.assign({}, ...given);
  const {
    addresses = [{ host: "127.0.0.1" }],
    database = 0,
    cluster = false,
    tls = false,
    requestTimeoutMs = 5_000,
    connectTimeoutMs = 2_000,
    retries = 5,
    retryDelayMs = 100,
  } = options;
  for (const { port = defaultPort } of addresses) checkWhole("port", port, 1, 65_535);
  checkWhole("database", database, 0, 65_535);
  checkWhole("requestTimeoutMs", requestTimeoutMs, 1);
  checkWhole("connectTimeoutMs", connectTimeoutMs, 1);
  checkWhole("retries", retries, 0, 100);
  checkWhole("retryDelayMs", retryDelayMs, 1);
  return {
    addresses: options.clients
      ? []
      : addresses.map(({ host, port = defaultPort }) => ({ host, port })),
    credentials: options.credentials,
    database,
    cluster: options.clients === undefined ? cluster : isClusterClient(options.clients.commands),
    tls: tls === false ? undefined : tls === true ? {} : tls,
    requestTimeoutMs,
    connectTimeoutMs,
    retry: { retries, delayMs: retryDelayMs },
    clients: options.clients,
  };
}

export function checkWhole(field: string, value: number, least: number, most = 2 ** 31): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw invalidInput(field, `${field} must be a whole number from ${least} to ${most}.`);
}

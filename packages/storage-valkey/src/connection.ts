import type { BaseClientConfiguration } from "@valkey/valkey-glide";
import type { ConnectionSettings } from "./connection-options.ts";
import { type Glide, loadGlide, type ValkeyClient } from "./glide.ts";

/** The clients of one storage. Each has one TCP connection, on which a slow request holds up all that follow. */
export interface Connection {
  readonly glide: Glide;
  /** For what is quick: writes, counts, pages. */
  readonly commands: ValkeyClient;
  /** Runs a long request on the one of the other clients that has the least to do. */
  searching<Answer>(ask: (client: ValkeyClient) => Promise<Answer>): Promise<Answer>;
  /** Closes the clients that were made here. */
  close(): void;
}

/** Connects `searchers` clients for long requests and one for everything else. */
export async function connectValkey(
  settings: ConnectionSettings,
  searchers: number,
): Promise<Connection> {
  const glide = await loadGlide();
  const { clients } = settings;
  if (clients !== undefined) return connectionOf(glide, clients.commands, clients.search ?? [], []);
  const made = await Promise.allSettled(
    Array.from({ length: searchers + 1 }, () => createClient(glide, settings)),
  );
  const open = made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failure = made.find((each) => each.status === "rejected");
  const [commands, ...search] = open;
  if (failure !== undefined || commands === undefined) {
    for (const each of open) each.close();
    throw failure?.reason;
  }
  return connectionOf(glide, commands, search, open);
}

function connectionOf(
  glide: Glide,
  commands: ValkeyClient,
  search: readonly ValkeyClient[],
  own: readonly ValkeyClient[],
): Connection {
  const searchers = search.length > 0 ? search : [commands];
  const busy = searchers.map((client) => ({ client, requests: 0 }));
  return {
    glide,
    commands,
    async searching(ask) {
      const next = busy.reduce((least, each) => (each.requests < least.requests ? each : least));
      next.requests++;
      try {
        return await ask(next.client);
      } finally {
        next.requests--;
      }
    },
    close() {
      for (const each of own) each.close();
    },
  };
}

/** One client, as the settings say. It reconnects by itself, for ever. */
export function createClient(glide: Glide, settings: ConnectionSettings): Promise<ValkeyClient> {
  const { addresses, credentials, database, cluster, tls } = settings;
  const configuration: BaseClientConfiguration = {
    addresses: [...addresses],
    databaseId: database,
    useTLS: tls !== undefined,
    requestTimeout: settings.requestTimeoutMs,
    // Without it GLIDE says "timed out" where the server refuses the connection.
    connectionBackoff: { numberOfRetries: 3, factor: 100, exponentBase: 2 },
    ...(credentials && { credentials }),
  };
  const advancedConfiguration = {
    connectionTimeout: settings.connectTimeoutMs,
    ...(tls?.ca !== undefined || tls?.insecure
      ? {
          tlsAdvancedConfiguration: {
            ...(tls.insecure && { insecure: true }),
            ...(tls.ca !== undefined && { rootCertificates: tls.ca }),
          },
        }
      : {}),
  };
  return cluster
    ? glide.GlideClusterClient.createClient({ ...configuration, advancedConfiguration })
    : glide.GlideClient.createClient({ ...configuration, advancedConfiguration });
}

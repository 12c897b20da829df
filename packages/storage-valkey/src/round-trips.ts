import type { Batch, ClusterBatch, GlideReturnType, GlideString } from "@valkey/valkey-glide";
import pRetry from "p-retry";
import { type Connection, connectValkey } from "./connection.ts";
import type { ConnectionSettings } from "./connection-options.ts";
import { type Glide, isClusterClient, type ValkeyClient } from "./glide.ts";
import { type FailureKind, failureKind, isReadOnly, writeUnknown } from "./storage-error.ts";

export type ReadBatch = Batch | ClusterBatch;

export interface BatchOptions {
  /** Answers with bytes instead of text. @default false */
  readonly bytes?: boolean;
  /** Sent beside the quick requests, because the answer is long. @default false */
  readonly long?: boolean;
  /** In a transaction: as of one moment. Its keys must lie in one slot. @default false */
  readonly atomic?: boolean;
}

const longestDelayMs = 2_000;

/** Requests to the server, each repeated where the connection, the network or the server failed for a while. */
export class RoundTrips {
  readonly #settings: ConnectionSettings;
  readonly #searchers: number;
  #connecting: Promise<Connection> | undefined;
  /** Those of former primaries. */
  readonly #left = new Set<Connection>();
  readonly #scripts = new Map<string, InstanceType<Glide["Script"]>>();

  constructor(settings: ConnectionSettings, searchers: number) {
    this.#settings = settings;
    this.#searchers = searchers;
  }

  /** Many commands that only read, in one round trip. */
  batch(
    build: (batch: ReadBatch, glide: Glide) => void,
    { bytes = false, long = false, atomic = false }: BatchOptions = {},
  ): Promise<GlideReturnType[]> {
    return this.read(({ glide, commands, searching }) => {
      const decoder = bytes ? glide.Decoder.Bytes : glide.Decoder.String;
      const send = (client: ValkeyClient) => execute(glide, client, build, { decoder, atomic });
      return long ? searching(send) : send(commands);
    });
  }

  /**
   * A script that may be repeated: what it did once it does not do again. `keys` are one that is there and one
   * that never is. A cluster that moves their slot to another node, key by key, then lets no script in until all
   * have arrived; with keys that it is not told of a script would see half a store.
   */
  script(
    code: string,
    keys: readonly [GlideString, GlideString],
    args: (attempt: number) => GlideString[],
  ): Promise<GlideReturnType> {
    return this.write(({ glide, commands }, attempt) => {
      const script = this.#scripts.get(code) ?? new glide.Script(code);
      this.#scripts.set(code, script);
      const decoder = glide.Decoder.String;
      return commands.invokeScript(script, { keys: [...keys], args: args(attempt), decoder });
    });
  }

  /**
   * A script with these arguments, then with those, all of it at once or not at all. GLIDE takes ever longer for each
   * byte of a command, 0.1 s for 6 MB and 1.7 s for 24 MB, but not for each command of a transaction.
   */
  async transaction(
    code: string,
    keys: readonly [GlideString, GlideString],
    parts: readonly (readonly GlideString[])[],
  ): Promise<GlideReturnType[]> {
    const [only] = parts;
    if (only !== undefined && parts.length === 1)
      return [await this.script(code, keys, () => [...only])];
    // By the script itself, because a server that does not know its hash would find out in the middle.
    return this.write(({ glide, commands }) =>
      execute(
        glide,
        commands,
        (batch) => {
          for (const part of parts) batch.customCommand(["EVAL", code, "2", ...keys, ...part]);
        },
        { decoder: glide.Decoder.String, atomic: true },
      ),
    );
  }

  read<Answer>(ask: (connection: Connection) => Promise<Answer>): Promise<Answer> {
    return this.#repeat(ask);
  }

  /** Rejects with `WRITE_UNKNOWN` where it failed in the end and may have been carried out. */
  async write<Answer>(
    ask: (connection: Connection, attempt: number) => Promise<Answer>,
  ): Promise<Answer> {
    let isUnknown = false;
    try {
      return await this.#repeat(ask, (error) => {
        isUnknown ||= this.#kindOf(error) === "unknown";
      });
    } catch (error) {
      throw isUnknown ? writeUnknown(error) : error;
    }
  }

  async close(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    for (const script of this.#scripts.values()) script.release();
    this.#scripts.clear();
    const [connection] = await Promise.allSettled([connecting]);
    if (connection.status === "fulfilled") connection.value?.close();
    for (const each of this.#left) each.close();
  }

  #repeat<Answer>(
    ask: (connection: Connection, attempt: number) => Promise<Answer>,
    onFailure: (error: unknown) => void = () => {},
  ): Promise<Answer> {
    const { retries, delayMs } = this.#settings.retry;
    const once = async (attempt: number) => {
      const connection = await this.#connect();
      try {
        return await ask(connection, attempt);
      } catch (error) {
        if (this.#isElsewhere(error)) this.#leave(connection);
        throw error;
      }
    };
    return pRetry(once, {
      retries,
      minTimeout: delayMs,
      maxTimeout: Math.max(delayMs, longestDelayMs),
      randomize: true,
      onFailedAttempt: ({ error }) => onFailure(error),
      shouldRetry: ({ error }) => this.#kindOf(error) !== "lasting",
    });
  }

  /**
   * Whether the primary that these clients were made for is none any more. They stay with it; new ones ask anew
   * which of the addresses is the primary, and where a name leads to.
   */
  #isElsewhere(error: unknown): boolean {
    const { cluster, clients } = this.#settings;
    return !cluster && clients === undefined && isReadOnly(error);
  }

  #leave(connection: Connection): void {
    if (this.#left.has(connection)) return;
    this.#left.add(connection);
    this.#connecting = undefined;
    // Until then it may owe others an answer.
    setTimeout(() => connection.close(), this.#settings.requestTimeoutMs).unref();
  }

  #kindOf(error: unknown): FailureKind {
    if (this.#isElsewhere(error)) return "passing";
    return failureKind(error, { isCluster: this.#settings.cluster });
  }

  #connect(): Promise<Connection> {
    this.#connecting ??= connectValkey(this.#settings, this.#searchers).catch((error) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }
}

async function execute(
  glide: Glide,
  client: ValkeyClient,
  build: (batch: ReadBatch, glide: Glide) => void,
  { decoder, atomic }: { decoder: number; atomic: boolean },
): Promise<GlideReturnType[]> {
  if (isClusterClient(client)) {
    const batch = new glide.ClusterBatch(atomic);
    build(batch, glide);
    return (await client.exec(batch, true, { decoder })) ?? [];
  }
  const batch = new glide.Batch(atomic);
  build(batch, glide);
  return (await client.exec(batch, true, { decoder })) ?? [];
}

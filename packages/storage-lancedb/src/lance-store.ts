import type { Connection } from "@lancedb/lancedb";
import {
  type Reembedding,
  type Runtime,
  spaceMissing,
  type VectorSpace,
} from "@unimem/core/storage";
import { type BoundTable, bindTable } from "./bound-table.ts";
import { clearLeftovers } from "./clear-leftovers.ts";
import { connectLance } from "./connect-lance.ts";
import { loadNativeLibrary } from "./native-library.ts";
import type { RecordWrites } from "./record-writes.ts";
import { createDirectory, inspectDirectory, localDirectory } from "./store-directory.ts";
import { filledTable, firstTableName, storedTables } from "./stored-tables.ts";
import { type ReembeddingTools, tableReembedding } from "./table-reembedding.ts";
import type { UpkeepPolicy } from "./upkeep-policy.ts";
import { enterDirectory, unknownPresence, type WriterPresence } from "./writer-presence.ts";

export interface LanceStoreOptions {
  readonly uri: string;
  readonly storageOptions: Record<string, string> | undefined;
  readonly runtime: Runtime;
  readonly policy: UpkeepPolicy;
  readonly onUpkeepFailed: (error: unknown) => void;
}

/** One directory or URL, and the one of its tables that is in use. Its calls must not overlap. */
export class LanceStore {
  readonly #options: LanceStoreOptions;
  readonly #directory: string | undefined;
  #connection: Connection | undefined;
  #expected: VectorSpace | undefined;
  #bound: BoundTable | undefined;
  #isSpaceSettled = false;
  #presence: WriterPresence = unknownPresence;

  constructor(options: LanceStoreOptions) {
    this.#options = options;
    this.#directory = localDirectory(options.uri);
  }

  /** The table in use, as the last `open` left it. */
  get bound(): BoundTable | undefined {
    return this.#bound;
  }

  async open(expected: VectorSpace | undefined): Promise<VectorSpace | null> {
    const connection = await this.#connect(expected !== undefined);
    if (connection === undefined) return null;
    const tables = await storedTables(connection);
    const own = filledTable(tables, expected);
    const space = own?.space ?? expected;
    if (space === undefined) return null;
    await this.#bind(connection, own?.name ?? firstTableName(tables, space), space);
    // Of a re-embedding whose process was killed at the end; where it cannot be done now, the next tries.
    const { onUpkeepFailed } = this.#options;
    await clearLeftovers(this.#tools(connection), tables).catch(onUpkeepFailed);
    this.#expected = expected ?? this.#expected;
    this.#isSpaceSettled = own !== undefined && expected !== undefined;
    return own?.space ?? null;
  }

  /**
   * The table in use; looks again for one that another process may have made, or moved the records to. Rejects
   * where their space is not the expected one any more.
   */
  async find(): Promise<BoundTable | undefined> {
    if (this.#bound === undefined) await this.open(this.#expected);
    return this.#bound;
  }

  /** The same, where `left` is not to be used any more. */
  async findAnew(left: BoundTable | undefined): Promise<BoundTable | undefined> {
    if (left !== undefined && this.#bound === left) {
      this.#bound = undefined;
      left.release();
    }
    return this.find();
  }

  /**
   * Makes a change in the table in use, and answers with that table. A table refuses rows once its records have
   * moved, so a put that went through went where it should; any other change may have come too late.
   */
  async apply<Answer>(
    isPut: boolean,
    change: (writes: RecordWrites) => Promise<Answer>,
  ): Promise<{ answer: Answer; bound: BoundTable } | undefined> {
    for (;;) {
      const known = this.#bound;
      // A removal would be noted before it is rejected, and then be made when the store is next opened.
      if (known !== undefined && (await known.isMoved())) await this.findAnew(known);
      const bound = await (isPut ? this.#findForPutting() : this.find());
      if (bound === undefined) return undefined;
      const [outcome] = await Promise.allSettled([change(bound.writes)]);
      const isDone = outcome.status === "fulfilled";
      if (isDone && isPut) return { answer: outcome.value, bound };
      if (await bound.isMoved()) await this.findAnew(bound);
      else if (isDone) return { answer: outcome.value, bound };
      else throw outcome.reason;
    }
  }

  /** The table to put records into. Rejects where no space was ever expected. */
  async #findForPutting(): Promise<BoundTable> {
    if (this.#expected === undefined) throw spaceMissing();
    // While this one's table is empty, another process may fill that of another space.
    if (!this.#isSpaceSettled || this.#bound === undefined || (await this.#bound.isEmpty()))
      await this.open(this.#expected);
    if (this.#bound === undefined) throw spaceMissing();
    this.#isSpaceSettled = true;
    return this.#bound;
  }

  /** See `StorageBackend.reembed`. Once it has switched, this is open for the new space. */
  async reembed(target: VectorSpace): Promise<Reembedding> {
    const origin = (await this.find())?.space;
    const connection = await this.#connect(false);
    if (connection === undefined)
      return {
        pending: async () => ({ records: [], remaining: 0, total: 0 }),
        write: async () => {},
        finish: async () => {
          await this.open(target);
          return true;
        },
      };
    const reembedding = tableReembedding(this.#tools(connection), origin, target);
    return {
      ...reembedding,
      finish: async () => {
        if (!(await reembedding.finish())) return false;
        await this.open(target);
        return true;
      },
    };
  }

  /**
   * Opens the table in use anew where it has been merged often. Lance keeps the indexes that a merge replaces in the
   * cache of the connection, with their files, which are deleted and still open, until hundreds of megabytes are full.
   */
  async renew(): Promise<void> {
    const bound = this.#bound;
    if (bound === undefined || !bound.upkeep.some((each) => each.isWorn())) return;
    const { uri, storageOptions, onUpkeepFailed } = this.#options;
    try {
      const connection = await connectLance(
        loadNativeLibrary(),
        this.#directory ?? uri,
        storageOptions,
      );
      this.#bound = await bindTable(this.#tools(connection), bound.name, bound.space);
      // Nor is the former one closed: reads may be under way in it, and it goes with the last who knows of it.
      this.#connection = connection;
    } catch (error) {
      onUpkeepFailed(error);
    }
  }

  async close(): Promise<void> {
    await this.#retire(this.#bound);
    this.#bound = undefined;
    this.#connection?.close();
    this.#connection = undefined;
    await this.#presence.leave();
  }

  async #connect(mayCreate: boolean): Promise<Connection | undefined> {
    if (this.#connection !== undefined) return this.#connection;
    const directory = this.#directory;
    if (directory !== undefined && !(await inspectDirectory(directory))) {
      if (!mayCreate) return undefined;
      await createDirectory(directory);
    }
    if (directory !== undefined) this.#presence = await enterDirectory(directory);
    const { uri, storageOptions } = this.#options;
    this.#connection = await connectLance(loadNativeLibrary(), directory ?? uri, storageOptions);
    return this.#connection;
  }

  #tools(connection: Connection): ReembeddingTools {
    const { uri, storageOptions, runtime, policy, onUpkeepFailed } = this.#options;
    const library = loadNativeLibrary();
    const directory = this.#directory;
    return {
      library,
      connection,
      directory,
      runtime,
      policy,
      presence: this.#presence,
      onUpkeepFailed,
      connectFrozen: () => connectLance(library, directory ?? uri, storageOptions, true),
    };
  }

  async #bind(connection: Connection, name: string, space: VectorSpace): Promise<void> {
    const previous = this.#bound;
    if (previous?.name === name) return;
    this.#bound = await bindTable(this.#tools(connection), name, space);
    await this.#retire(previous);
  }

  async #retire(bound: BoundTable | undefined): Promise<void> {
    if (bound === undefined) return;
    for (const upkeep of bound.upkeep) await upkeep.finish();
    bound.release();
  }
}

import type { Connection } from "@lancedb/lancedb";
import {
  checkVectorSpace,
  type Runtime,
  spaceMissing,
  type VectorSpace,
} from "@unimem/core/storage";
import { type BoundTable, bindTable, createRecordTable } from "./bound-table.ts";
import { connectLance } from "./connect-lance.ts";
import { loadNativeLibrary } from "./native-library.ts";
import { createDirectory, inspectDirectory, localDirectory } from "./store-directory.ts";
import { type StoredTable, storedTables } from "./stored-tables.ts";
import type { UpkeepPolicy } from "./upkeep-policy.ts";
import { enterDirectory, unknownPresence, type WriterPresence } from "./writer-presence.ts";

export interface LanceStoreOptions {
  readonly uri: string;
  readonly storageOptions: Record<string, string> | undefined;
  readonly runtime: Runtime;
  readonly policy: UpkeepPolicy;
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
    const own = await this.#filledTable(connection, expected);
    const space = own?.space ?? expected;
    if (space === undefined) return null;
    await this.#bind(connection, space);
    this.#expected = expected ?? this.#expected;
    this.#isSpaceSettled = own !== undefined && expected !== undefined;
    return own?.space ?? null;
  }

  /** The table in use; looks again for one that another process may have made. */
  async find(): Promise<BoundTable | undefined> {
    if (this.#bound === undefined) await this.open(undefined);
    return this.#bound;
  }

  /** The table to put records into. Rejects where no space was ever expected. */
  async findForPutting(): Promise<BoundTable> {
    if (this.#bound === undefined || this.#expected === undefined || this.#connection === undefined)
      throw spaceMissing();
    if (!this.#isSpaceSettled) {
      // While both were empty, another process may have filled the table of another space.
      await this.#filledTable(this.#connection, this.#expected);
      this.#isSpaceSettled = true;
    }
    return this.#bound;
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

  /** The table that holds records of this space, or of any; rejects where only others are filled. */
  async #filledTable(
    connection: Connection,
    expected: VectorSpace | undefined,
  ): Promise<StoredTable | undefined> {
    const filled = (await storedTables(connection)).filter(({ rows }) => rows > 0);
    const [first] = filled;
    if (first === undefined || expected === undefined) return first;
    const own = filled.find(({ space }) => isSame(space, expected));
    if (own === undefined) checkVectorSpace(first.space, expected);
    return own;
  }

  async #bind(connection: Connection, space: VectorSpace): Promise<void> {
    const previous = this.#bound;
    if (previous !== undefined && isSame(previous.space, space)) return;
    const { runtime, policy } = this.#options;
    const presence = this.#presence;
    const directory = this.#directory;
    const tools = {
      library: loadNativeLibrary(),
      connection,
      directory,
      runtime,
      policy,
      presence,
    };
    const table = await createRecordTable(tools, space);
    this.#bound = await bindTable(tools, table, space);
    await this.#retire(previous);
  }

  async #retire(bound: BoundTable | undefined): Promise<void> {
    if (bound === undefined) return;
    for (const upkeep of bound.upkeep) await upkeep.finish();
    bound.release();
  }
}

function isSame(a: VectorSpace, b: VectorSpace): boolean {
  return a.dimensions === b.dimensions && a.embedder === b.embedder;
}

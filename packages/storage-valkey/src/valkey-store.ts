import {
  checkVectorSpace,
  MemoryError,
  type NearestRecord,
  type Reembedding,
  type StorageSupport,
  spaceMissing,
  type VectorSpace,
  type WriteBatch,
} from "@unimem/core/storage";
import { dropFormerVectors } from "./drop-former-vectors.ts";
import { FindRecords } from "./find-records.ts";
import { lookAtStore } from "./look-at-store.ts";
import { type NearestQuery, nearestByClient } from "./nearest-by-client.ts";
import { nearestByModule } from "./nearest-by-module.ts";
import { RecordWrites } from "./record-writes.ts";
import { repairStore } from "./repair-store.ts";
import { requireCoordinator } from "./require-coordinator.ts";
import { requireKnownVectors } from "./require-known-vectors.ts";
import { RoundTrips } from "./round-trips.ts";
import { SearchIndex } from "./search-index.ts";
import { askAbilities, type ServerAbilities } from "./server-abilities.ts";
import { warnOfClientSearch } from "./server-warnings.ts";
import { type SpreadKeys, spreadKeys } from "./spread-keys.ts";
import { repairSpread } from "./spread-repair.ts";
import type { SpreadSides } from "./spread-sides.ts";
import { SpreadWrites } from "./spread-writes.ts";
import { type StoreKeys, storeKeys } from "./store-keys.ts";
import { StoreReads } from "./store-reads.ts";
import { StoreReembedding } from "./store-reembedding.ts";
import type { StorageSettings } from "./valkey-options.ts";

/** One store on a server, and what this process knows of both. */
export class ValkeyStore {
  readonly trips: RoundTrips;
  readonly reads: StoreReads;
  readonly keys: StoreKeys;
  readonly find: FindRecords;
  readonly writes: RecordWrites;
  readonly #index: SearchIndex;
  readonly #settings: StorageSettings;
  readonly #spread: { readonly keys: SpreadKeys; readonly sides: SpreadSides } | undefined;
  #abilities: ServerAbilities | undefined;
  #expected: VectorSpace | undefined;

  constructor(settings: StorageSettings) {
    const { connection, searchConnections, prefix, runtime, isSpread } = settings;
    const now = () => runtime.now();
    this.#settings = settings;
    this.trips = new RoundTrips(connection, searchConnections);
    const spread = isSpread ? spreadKeys(prefix) : undefined;
    this.keys = spread ?? storeKeys(prefix, connection.cluster);
    this.reads = new StoreReads(this.trips, this.keys);
    this.find = new FindRecords(this.reads, this.keys);
    const { reads, find } = this;
    const tools = { reads, find, now, repair: () => this.repair() };
    if (spread === undefined) this.writes = new RecordWrites(this.trips, this.keys, tools);
    else {
      const writes = new SpreadWrites(this.trips, spread, tools);
      this.writes = writes;
      this.#spread = { keys: spread, sides: writes.sides };
    }
    this.#index = new SearchIndex(this.trips, this.keys, { reads, hnsw: settings.hnsw, isSpread });
  }

  get durability(): StorageSupport["durability"] {
    return this.#abilities?.durability ?? "none";
  }

  get isExact(): boolean {
    return this.#abilities?.hasSearch !== true || this.#index.isExact;
  }

  /** Whether a batch is written as a whole or not at all. */
  get isAtomic(): boolean {
    return this.#spread === undefined;
  }

  async open(expected: VectorSpace | undefined): Promise<VectorSpace | null> {
    const { hasSearch } = await this.#askServer();
    let look = await lookAtStore(this.trips, this.keys, this.#spread?.keys);
    const { isWhole, hasBegun, hasFormer } = look;
    if (!isWhole || hasBegun) {
      // Keys were deleted or evicted behind this package's back, or a repair was broken off.
      if (!isWhole) await this.repair();
      // Somebody is writing, or has been broken off between the records and what lies beside them.
      else await this.#spread?.sides.settleBegun();
      look = await lookAtStore(this.trips, this.keys, this.#spread?.keys);
    }
    if (look.isSpaceLost) await requireKnownVectors(this.trips, this.keys, expected);
    const stored = look.space;
    // A re-embedding was broken off behind its end.
    if (hasFormer) await dropFormerVectors(this.trips, this.keys);
    if (stored !== null && expected !== undefined) checkVectorSpace(stored, expected);
    if (expected !== undefined) this.reads.demand(expected);
    if (stored !== null) await this.reads.check();
    // A spread store is not opened before it is known that an index covers all of its shards.
    const indexed = stored ?? (this.#spread && expected);
    if (indexed && hasSearch) await this.#index.ensure(indexed.dimensions);
    else if (this.#spread)
      await this.trips.read((asked) => requireCoordinator(asked, this.keys.index, false));
    this.#expected = expected ?? stored ?? this.#expected;
    return stored;
  }

  async write(batch: WriteBatch): Promise<void> {
    const isPutting = batch.put.length > 0;
    if (isPutting && this.#expected === undefined) throw spaceMissing();
    const { hasSearch } = await this.#askServer();
    if (isPutting && hasSearch && this.#expected !== undefined)
      await this.#index.ensure(this.#expected.dimensions);
    const space = isPutting ? this.#expected : this.reads.demanded;
    await this.writes.write(batch, space, { hasHnsw: this.#hasHnsw });
  }

  async nearest(query: NearestQuery): Promise<NearestRecord[]> {
    const { reads, keys, find } = this;
    if (!(await this.#askServer()).hasSearch) return nearestByClient(this, query);
    return nearestByModule({ reads, keys, find, index: this.#index }, query);
  }

  async reembed(target: VectorSpace): Promise<Reembedding> {
    const { trips, keys } = this;
    const { hasSearch } = await this.#askServer();
    const reembedding = new StoreReembedding(
      {
        trips,
        keys,
        hasHnsw: this.#hasHnsw,
        prepareIndex: async (fields) => {
          if (hasSearch) await this.#index.prepare(target.dimensions, fields);
        },
        settle: async () => {
          this.reads.demand(target);
          this.#expected = target;
          await this.reads.check();
          if (hasSearch) await this.#index.ensure(target.dimensions);
          await dropFormerVectors(trips, keys);
        },
      },
      target,
    );
    await reembedding.begin();
    return reembedding;
  }

  repair(): Promise<number> {
    const id = this.#settings.runtime.newId();
    return this.#spread === undefined
      ? repairStore(this.trips, this.keys, id)
      : repairSpread(this.trips, this.#spread.keys, this.#spread.sides, id);
  }

  close(): Promise<void> {
    return this.trips.close();
  }

  get #hasHnsw(): boolean {
    return this.#abilities?.hasSearch === true && !this.#index.isExact;
  }

  async #askServer(): Promise<ServerAbilities> {
    if (this.#abilities !== undefined) return this.#abilities;
    const isSpread = this.#spread !== undefined;
    const abilities = await askAbilities(this.trips, this.keys.meta, { isSpread });
    if (!abilities.hasSearch) {
      if (isSpread)
        throw new MemoryError(
          "NOT_SUPPORTED",
          'layout "spread" needs the Search module and its coordinator on every node of the cluster, and the server has no such module. Load it with --use-coordinator, or use layout "slot".',
        );
      if (this.#settings.search === "module")
        throw new MemoryError(
          "NOT_SUPPORTED",
          'The Valkey server has no Search module, and search is "module". Run the image valkey/valkey-bundle or a managed service with it, or leave the option out.',
        );
      warnOfClientSearch(this.#settings.connection.addresses);
    }
    this.#abilities = abilities;
    return abilities;
  }
}

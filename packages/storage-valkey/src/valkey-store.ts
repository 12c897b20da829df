import {
  checkVectorSpace,
  MemoryError,
  type NearestRecord,
  type Reembedding,
  rootScope,
  type StorageSupport,
  spaceMissing,
  type VectorSpace,
  type WriteBatch,
} from "@unimem/core/storage";
import { dropFormerVectors } from "./drop-former-vectors.ts";
import { FindRecords } from "./find-records.ts";
import { type NearestQuery, nearestByClient } from "./nearest-by-client.ts";
import { nearestByModule } from "./nearest-by-module.ts";
import { RecordWrites } from "./record-writes.ts";
import { repairStore } from "./repair-store.ts";
import { RoundTrips } from "./round-trips.ts";
import { SearchIndex } from "./search-index.ts";
import { askAbilities, type ServerAbilities } from "./server-abilities.ts";
import { warnOfClientSearch } from "./server-warnings.ts";
import { type StoreKeys, storeKeys } from "./store-keys.ts";
import { StoreReads } from "./store-reads.ts";
import { StoreReembedding } from "./store-reembedding.ts";
import type { StorageSettings } from "./valkey-options.ts";

const schema = "1";

/** Views that share no record and together hold all. */
const everyView = ["cp", "cx", "sp", "sx"];

/** One store on a server, and what this process knows of both. */
export class ValkeyStore {
  readonly trips: RoundTrips;
  readonly reads: StoreReads;
  readonly keys: StoreKeys;
  readonly find: FindRecords;
  readonly writes: RecordWrites;
  readonly #index: SearchIndex;
  readonly #settings: StorageSettings;
  #abilities: ServerAbilities | undefined;
  #expected: VectorSpace | undefined;

  constructor(settings: StorageSettings) {
    const { connection, searchConnections, prefix, runtime } = settings;
    this.#settings = settings;
    this.trips = new RoundTrips(connection, searchConnections);
    this.keys = storeKeys(prefix, connection.cluster);
    this.reads = new StoreReads(this.trips, this.keys);
    this.find = new FindRecords(this.reads, this.keys);
    const { reads, find } = this;
    this.writes = new RecordWrites(this.trips, this.keys, {
      reads,
      find,
      now: () => runtime.now(),
    });
    this.#index = new SearchIndex(this.trips, this.keys, { reads, hnsw: settings.hnsw });
  }

  get durability(): StorageSupport["durability"] {
    return this.#abilities?.durability ?? "none";
  }

  get isExact(): boolean {
    return this.#abilities?.hasSearch !== true || this.#index.isExact;
  }

  async open(expected: VectorSpace | undefined): Promise<VectorSpace | null> {
    const { hasSearch } = await this.#askServer();
    let { space: stored, isWhole, hasFormer } = await this.#look();
    if (!isWhole) {
      // Keys were deleted or evicted behind this package's back, or a repair was broken off.
      await this.repair();
      stored = (await this.#look()).space;
    }
    // A re-embedding was broken off behind its end.
    if (hasFormer) await dropFormerVectors(this.trips, this.keys);
    if (stored !== null && expected !== undefined) checkVectorSpace(stored, expected);
    if (expected !== undefined) this.reads.demand(expected);
    if (stored !== null) {
      await this.reads.check();
      if (hasSearch) await this.#index.ensure(stored.dimensions);
    }
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
    return repairStore(this.trips, this.keys, this.#settings.runtime.newId());
  }

  close(): Promise<void> {
    return this.trips.close();
  }

  get #hasHnsw(): boolean {
    return this.#abilities?.hasSearch === true && !this.#index.isExact;
  }

  async #askServer(): Promise<ServerAbilities> {
    if (this.#abilities !== undefined) return this.#abilities;
    const abilities = await askAbilities(this.trips, this.keys.meta);
    if (!abilities.hasSearch) {
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

  /**
   * The space of what is stored, `null` while nothing is; whether the sets hold every record there is, and
   * whether some still have the vectors of a former space.
   */
  async #look(): Promise<{ space: VectorSpace | null; isWhole: boolean; hasFormer: boolean }> {
    const { meta, accesses, former, below } = this.keys;
    const [fields, count, formers, ...sizes] = await this.trips.batch(
      (batch) => {
        batch.hmget(meta, ["schema", "dimensions", "embedder", "repairing"]);
        batch.zcard(accesses);
        batch.scard(former);
        for (const view of everyView) batch.zcard(below(view, rootScope));
      },
      { atomic: true },
    );
    const [version, dimensions, embedder, repairing] = fields as (string | null)[];
    if (version != null && version !== schema)
      throw new MemoryError(
        "STORAGE_CORRUPT",
        "The store was written by a newer version of @unimem/valkey. Use that version, or another prefix.",
      );
    const sum = (sizes as number[]).reduce((total, size) => total + size, 0);
    const isFilled = count !== 0 && dimensions != null && embedder != null;
    return {
      space: isFilled ? { dimensions: Number(dimensions), embedder } : null,
      isWhole: count === sum && repairing == null,
      hasFormer: formers !== 0,
    };
  }
}

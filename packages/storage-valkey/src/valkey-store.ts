import {
  checkVectorSpace,
  MemoryError,
  type NearestRecord,
  type StorageSupport,
  spaceMissing,
  type VectorSpace,
  type WriteBatch,
} from "@unimem/core/storage";
import { FindRecords } from "./find-records.ts";
import { type NearestQuery, nearestByClient } from "./nearest-by-client.ts";
import { nearestByModule } from "./nearest-by-module.ts";
import { RecordWrites } from "./record-writes.ts";
import { RoundTrips } from "./round-trips.ts";
import { SearchIndex } from "./search-index.ts";
import { askAbilities, type ServerAbilities } from "./server-abilities.ts";
import { type StoreKeys, storeKeys } from "./store-keys.ts";
import type { StorageSettings } from "./valkey-options.ts";
import { warnOfClientSearch } from "./warn-of-client-search.ts";

const schema = "1";

/** One store on a server, and what this process knows of both. */
export class ValkeyStore {
  readonly trips: RoundTrips;
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
    this.find = new FindRecords(this.trips, this.keys);
    this.writes = new RecordWrites(this.trips, this.keys, this.find, () => runtime.now());
    this.#index = new SearchIndex(this.trips, this.keys);
  }

  get durability(): StorageSupport["durability"] {
    return this.#abilities?.durability ?? "none";
  }

  async open(expected: VectorSpace | undefined): Promise<VectorSpace | null> {
    const { hasSearch } = await this.#askServer();
    const stored = await this.#storedSpace();
    if (stored !== null) {
      if (expected !== undefined) checkVectorSpace(stored, expected);
      if (hasSearch) await this.#index.ensure(stored.dimensions);
    }
    this.#expected = expected ?? stored ?? this.#expected;
    return stored;
  }

  async write(batch: WriteBatch): Promise<void> {
    const isPutting = batch.put.length > 0;
    if (isPutting && this.#expected === undefined) throw spaceMissing();
    await this.writes.write(batch, this.#expected);
  }

  async nearest(query: NearestQuery): Promise<NearestRecord[]> {
    const { trips, keys, find } = this;
    if (!(await this.#askServer()).hasSearch) return nearestByClient(this, query);
    return nearestByModule({ trips, keys, find, index: this.#index }, query);
  }

  close(): Promise<void> {
    return this.trips.close();
  }

  async #askServer(): Promise<ServerAbilities> {
    if (this.#abilities !== undefined) return this.#abilities;
    const abilities = await askAbilities(this.trips);
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

  /** The space of what is stored; `null` while nothing is. */
  async #storedSpace(): Promise<VectorSpace | null> {
    const [meta, count] = await this.trips.batch((batch) => {
      batch.hmget(this.keys.meta, ["schema", "dimensions", "embedder"]);
      batch.zcard(this.keys.accesses);
    });
    const [version, dimensions, embedder] = meta as (string | null)[];
    if (version != null && version !== schema)
      throw new MemoryError(
        "STORAGE_CORRUPT",
        "The store was written by a newer version of @unimem/valkey. Use that version, or another prefix.",
      );
    if (count === 0 || dimensions == null || embedder == null) return null;
    return { dimensions: Number(dimensions), embedder };
  }
}

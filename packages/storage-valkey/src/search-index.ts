import { fromMember } from "./encode-text.ts";
import { type IndexPlan, isIndexMissing, makeSearchIndex } from "./make-search-index.ts";
import { vectorBytes, vectorOwner } from "./record-hash.ts";
import type { RoundTrips } from "./round-trips.ts";
import { nearestQuery } from "./search-query.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { StoreReads } from "./store-reads.ts";
import type { HnswSettings } from "./valkey-options.ts";
import type { VectorFields } from "./vector-fields.ts";

/** Of each record in the index what its key and its distance say. */
export interface SearchHit {
  readonly id: string;
  /** Of the key that the vector lies in; "" where that is the record's. */
  readonly vectorName: string;
  readonly similarity: number;
}

/** Without them, and with the module's own settings, a search answers without the shards that are slow or gone. */
const wholeAnswer = { shardScope: "ALLSHARDS", consistency: "CONSISTENT" } as const;

/** The index of the Search module over the records of one store, made when it is first needed. */
export class SearchIndex {
  readonly #trips: RoundTrips;
  readonly #keys: StoreKeys;
  readonly #hnsw: HnswSettings | undefined;
  readonly #reads: StoreReads;
  readonly #isSpread: boolean;
  #ready: { readonly name: string; readonly done: Promise<void> } | undefined;

  /** `isSpread`: over all shards of a cluster, by the module's coordinator. */
  constructor(
    trips: RoundTrips,
    keys: StoreKeys,
    {
      reads,
      hnsw,
      isSpread,
    }: { reads: StoreReads; hnsw: HnswSettings | undefined; isSpread: boolean },
  ) {
    this.#trips = trips;
    this.#keys = keys;
    this.#reads = reads;
    this.#hnsw = hnsw;
    this.#isSpread = isSpread;
  }

  /** Whether every record that matches is found. */
  get isExact(): boolean {
    return this.#hnsw === undefined;
  }

  /** Resolves when the index for vectors of this width is there and covers every record. */
  ensure(dimensions: number): Promise<void> {
    const plan = this.#plan(dimensions, this.#reads.fields);
    if (this.#ready?.name === plan.name) return this.#ready.done;
    const ready = { name: plan.name, done: makeSearchIndex(this.#trips, this.#keys, plan) };
    this.#ready = ready;
    ready.done.catch(() => {
      if (this.#ready === ready) this.#ready = undefined;
    });
    return ready.done;
  }

  /** The same for a space that the store is not in yet. The index in use stays. */
  prepare(dimensions: number, fields: VectorFields): Promise<void> {
    const plan = { ...this.#plan(dimensions, fields), isAhead: true };
    return makeSearchIndex(this.#trips, this.#keys, plan);
  }

  /** The `k` nearest that meet all conditions, nearest first. */
  async nearest(
    vector: Float32Array,
    conditions: readonly string[],
    k: number,
  ): Promise<SearchHit[]> {
    await this.ensure(vector.length);
    try {
      return await this.#search(vector, conditions, k);
    } catch (error) {
      // FLUSHDB takes the index with it.
      if (!isIndexMissing(error)) throw error;
      this.#ready = undefined;
      await this.ensure(vector.length);
      return this.#search(vector, conditions, k);
    }
  }

  #search(vector: Float32Array, conditions: readonly string[], k: number): Promise<SearchHit[]> {
    return this.#trips.read(async ({ glide, searching }) => {
      const [, hits = []] = await searching((client) =>
        glide.GlideFt.search(
          client,
          this.#name(vector.length, this.#reads.fields),
          nearestQuery(conditions, this.#hnsw?.efRuntime),
          {
            params: [
              { key: "q", value: vectorBytes(vector) },
              { key: "k", value: String(k) },
            ],
            // A returned number of an indexed field would be cut to six digits; the score is not one.
            returnFields: [{ fieldIdentifier: "score" }],
            limit: { offset: 0, count: k },
            dialect: 2,
            ...(this.#isSpread && wholeAnswer),
            decoder: glide.Decoder.String,
          },
        ),
      );
      return hits.map(({ key, value }) => ({
        ...this.#namesIn(String(key)),
        similarity: Math.max(-1, Math.min(1, 1 - Number(value[0]?.value))),
      }));
    });
  }

  #namesIn(key: string): { id: string; vectorName: string } {
    if (!key.startsWith(this.#keys.vectors))
      return { id: fromMember(key.slice(this.#keys.record("").length)), vectorName: "" };
    const vectorName = key.slice(this.#keys.vector("").length);
    return { id: vectorOwner(vectorName), vectorName };
  }

  #plan(dimensions: number, fields: VectorFields): IndexPlan {
    const noted = `index:${this.#kind}`;
    const name = this.#name(dimensions, fields);
    return {
      ...{ name, noted, dimensions, fields, isAhead: false },
      ...{ hnsw: this.#hnsw, isSpread: this.#isSpread },
    };
  }

  #name(dimensions: number, { suffix }: VectorFields): string {
    const ofSpace = suffix === "" ? "" : `:${suffix}`;
    return `${this.#keys.index}:v1:${this.#kind}:${dimensions}${ofSpace}`;
  }

  get #kind(): "flat" | "hnsw" {
    return this.#hnsw === undefined ? "flat" : "hnsw";
  }
}

import { MemoryError } from "@unimem/core/storage";
import type { Field } from "@valkey/valkey-glide";
import pRetry from "p-retry";
import type { Connection } from "./connection.ts";
import { fromMember } from "./encode-text.ts";
import { tagSeparator, vectorBytes, vectorOwner } from "./record-hash.ts";
import type { RoundTrips } from "./round-trips.ts";
import { nearestQuery } from "./search-query.ts";
import { textOf } from "./storage-error.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { HnswSettings } from "./valkey-options.ts";

/** Of each record in the index what its key and its distance say. */
export interface SearchHit {
  readonly id: string;
  /** Of the key that the vector lies in; "" where that is the record's. */
  readonly vectorName: string;
  readonly similarity: number;
}

const longestBackfillMs = 60 * 60 * 1_000;

class NotReady extends Error {}

/** The index of the Search module over the records of one store, made when it is first needed. */
export class SearchIndex {
  readonly #trips: RoundTrips;
  readonly #keys: StoreKeys;
  readonly #hnsw: HnswSettings | undefined;
  #ready: { readonly dimensions: number; readonly done: Promise<void> } | undefined;

  constructor(trips: RoundTrips, keys: StoreKeys, hnsw: HnswSettings | undefined) {
    this.#trips = trips;
    this.#keys = keys;
    this.#hnsw = hnsw;
  }

  /** Whether every record that matches is found. */
  get isExact(): boolean {
    return this.#hnsw === undefined;
  }

  /** Resolves when the index for vectors of this width is there and covers every record. */
  ensure(dimensions: number): Promise<void> {
    if (this.#ready?.dimensions === dimensions) return this.#ready.done;
    const done = this.#make(dimensions);
    this.#ready = { dimensions, done };
    done.catch(() => {
      this.#ready = undefined;
    });
    return done;
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
      if (!isMissing(error)) throw error;
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
          this.#name(vector.length),
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
    const ofVectors = this.#keys.vector("");
    if (!key.startsWith(ofVectors))
      return { id: fromMember(key.slice(this.#keys.record("").length)), vectorName: "" };
    const vectorName = key.slice(ofVectors.length);
    return { id: vectorOwner(vectorName), vectorName };
  }

  async #make(dimensions: number): Promise<void> {
    const name = this.#name(dimensions);
    await this.#trips.write(async (connection) => {
      const known = await this.#describe(connection, name);
      if (known !== undefined) return this.#check(known, dimensions);
      await this.#create(connection, name, dimensions);
    });
    await pRetry(
      () =>
        this.#trips.read(async (connection) => {
          const { state } = (await this.#describe(connection, name)) ?? {};
          // Until then it would answer with a part, and without an error.
          if (state !== "ready") throw new NotReady();
        }),
      {
        retries: Number.POSITIVE_INFINITY,
        maxRetryTime: longestBackfillMs,
        minTimeout: 5,
        maxTimeout: 500,
        shouldRetry: ({ error }) => error instanceof NotReady,
      },
    );
  }

  async #create({ glide, commands }: Connection, name: string, dimensions: number): Promise<void> {
    const tags = ["own", "anc", "cat", "src"].map(
      (field): Field => ({
        type: "TAG",
        name: field,
        separator: tagSeparator,
        caseSensitive: true,
      }),
    );
    const numbers = ["ts", "upd", "sup", "exp"].map(
      (field): Field => ({ type: "NUMERIC", name: field }),
    );
    const vector: Field = {
      type: "VECTOR",
      name: "vec",
      attributes:
        this.#hnsw === undefined
          ? { algorithm: "FLAT", dimensions, distanceMetric: "COSINE" }
          : {
              algorithm: "HNSW",
              dimensions,
              distanceMetric: "COSINE",
              numberOfEdges: this.#hnsw.m,
              vectorsExaminedOnConstruction: this.#hnsw.efConstruction,
            },
    };
    const noted = `index:${this.#kind}`;
    const former = await commands.hget(this.#keys.meta, noted);
    try {
      await glide.GlideFt.create(commands, name, [...tags, ...numbers, vector], {
        dataType: "HASH",
        // Both, so that either kind of index finds what was written for the other.
        prefixes: [this.#keys.record(""), this.#keys.vector("")],
      });
    } catch (error) {
      // Another process was faster.
      if (!/already exists/i.test(textOf(error))) throw error;
    }
    await commands.hset(this.#keys.meta, { [noted]: name });
    if (former !== null && String(former) !== name)
      await glide.GlideFt.dropindex(commands, former).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
  }

  async #describe(
    { glide, commands }: Connection,
    name: string,
  ): Promise<Record<string, unknown> | undefined> {
    try {
      return await glide.GlideFt.info(commands, name);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The name says the width already; this finds an index that somebody else has made under it. */
  #check(description: Record<string, unknown>, dimensions: number): void {
    const text = JSON.stringify(description.attributes ?? "").toLowerCase();
    const width = /"dimensions",\s*"?(\d+)/.exec(text)?.[1];
    const isOurs = text.includes("cosine") && (width === undefined || Number(width) === dimensions);
    if (isOurs) return;
    throw new MemoryError(
      "STORAGE_CORRUPT",
      "The server has an index under this store's name that is not like the one this package makes. Drop it with FT.DROPINDEX, or use another prefix.",
    );
  }

  #name(dimensions: number): string {
    return `${this.#keys.base}i:v1:${this.#kind}:${dimensions}`;
  }

  get #kind(): "flat" | "hnsw" {
    return this.#hnsw === undefined ? "flat" : "hnsw";
  }
}

function isMissing(error: unknown): boolean {
  return /not found in database/i.test(textOf(error));
}

import { checkVectorSpace, isSameSpace, type VectorSpace } from "@unimem/core/storage";
import type { GlideReturnType } from "@valkey/valkey-glide";
import { checkLayout } from "./check-layout.ts";
import type { Glide } from "./glide.ts";
import type { BatchOptions, ReadBatch, RoundTrips } from "./round-trips.ts";
import type { StoreKeys } from "./store-keys.ts";
import { type VectorFields, vectorFields } from "./vector-fields.ts";

/** What meta says of the vectors and of where all lies, read with every answer. */
const spaceFields = ["dimensions", "embedder", "vectors", "layout"];

/**
 * Reads of one store, each with a look at the space that it is in: in the same round trip, and so as of the same
 * moment for the records that lie with it. Who opened the store for another space, or while it was empty in another
 * layout, is refused; who reads the vectors of a former one reads again.
 */
export class StoreReads {
  readonly #trips: RoundTrips;
  readonly #keys: StoreKeys;
  #demanded: VectorSpace | undefined;
  #fields = vectorFields("");

  constructor(trips: RoundTrips, keys: StoreKeys) {
    this.#trips = trips;
    this.#keys = keys;
  }

  /** Where the vectors were when somebody last looked. */
  get fields(): VectorFields {
    return this.#fields;
  }

  /** The only space whose answers are good; without one all are. */
  get demanded(): VectorSpace | undefined {
    return this.#demanded;
  }

  demand(space: VectorSpace | undefined): void {
    this.#demanded = space;
  }

  /** Many commands that only read, in one round trip. Their builder may be called again, with other fields. */
  async batch(
    build: (batch: ReadBatch, glide: Glide, fields: VectorFields) => void,
    options?: BatchOptions,
  ): Promise<GlideReturnType[]> {
    while (true) {
      const asked = this.#fields;
      const [meta, ...answers] = await this.#trips.batch((batch, glide) => {
        batch.hmget(this.#keys.meta, spaceFields);
        build(batch, glide, asked);
      }, options);
      await this.#learn(meta as (string | Buffer | null)[]);
      if (this.#fields.suffix === asked.suffix) return answers;
    }
  }

  /** Rejects where the store is in another space than the one that was demanded, or in another layout. */
  async check(): Promise<void> {
    await this.batch(() => {});
  }

  async #learn(answer: readonly (string | Buffer | null)[]): Promise<void> {
    const [dimensions, embedder, suffix, layout] = answer.map((each) => each?.toString());
    if (dimensions !== undefined) checkLayout(layout, this.#keys.layout);
    if (this.#demanded !== undefined && dimensions !== undefined && embedder !== undefined) {
      const stored = { dimensions: Number(dimensions), embedder };
      // While a store is empty its space is only what it once was.
      if (!isSameSpace(stored, this.#demanded) && (await this.#isFilled()))
        checkVectorSpace(stored, this.#demanded);
    }
    if (suffix !== this.#fields.suffix) this.#fields = vectorFields(suffix ?? "");
  }

  async #isFilled(): Promise<boolean> {
    const [size] = await this.#trips.batch((batch) => {
      batch.zcard(this.#keys.accesses);
    });
    return size !== 0;
  }
}

import {
  checkVectorSpace,
  MemoryError,
  type NewVector,
  type PendingRecords,
  type Reembedding,
  type StoredRecord,
  type VectorSpace,
} from "@unimem/core/storage";
import type { GlideString } from "@valkey/valkey-glide";
import { chunks } from "./chunks.ts";
import { fromMember, toMember } from "./encode-text.ts";
import { fetchRecords } from "./fetch-records.ts";
import { searchedFields, vectorBytes, vectorName } from "./record-hash.ts";
import { beginReembeddingScript, newVectorsScript, switchSpaceScript } from "./reembed-scripts.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { StoreKeys } from "./store-keys.ts";
import { StoreReads } from "./store-reads.ts";
import { type VectorFields, vectorFields } from "./vector-fields.ts";

/** While a script runs the server answers nobody else. */
const mostBytesAtOnce = 1_000_000;

export interface ReembeddingTools {
  readonly trips: RoundTrips;
  readonly keys: StoreKeys;
  /** Whether vectors lie in keys of their own, for an HNSW index. */
  readonly hasHnsw: boolean;
  /** Makes the search index over the new vectors, if there is to be one. */
  prepareIndex(fields: VectorFields): Promise<void>;
  /** Opens this handle for the new space, and frees what the former one took. */
  settle(): Promise<void>;
}

type Progress =
  | { readonly state: "there" | "empty" }
  | { readonly state: "begun"; readonly fields: VectorFields };

/**
 * The new vectors lie in fields of their own beside those in use, or in keys that such a field names. Every write
 * of a record and every removal keeps the set of what is pending, so that the switch has nothing to look at but
 * whether that set is empty, and nothing to change but which fields are in use.
 */
export class StoreReembedding implements Reembedding {
  readonly #tools: ReembeddingTools;
  readonly #target: VectorSpace;
  /** What others must not demand of it: it goes on while the store changes its space. */
  readonly #reads: StoreReads;
  #origin: VectorSpace | undefined;

  constructor(tools: ReembeddingTools, target: VectorSpace) {
    this.#tools = tools;
    this.#target = target;
    this.#reads = new StoreReads(tools.trips, tools.keys);
  }

  /** Lists all records as pending, where nobody has yet. */
  async begin(): Promise<void> {
    await this.#progress();
  }

  async pending(limit: number): Promise<PendingRecords> {
    const { trips, keys } = this.#tools;
    const progress = await this.#progress();
    const suffix = progress.state === "begun" ? progress.fields.suffix : "none";
    const todo = keys.pending(suffix);
    const [total, left, members] = (await trips.batch(
      (batch) => {
        batch.zcard(keys.accesses);
        batch.zcard(todo);
        batch.zrange(todo, { start: 0, end: limit - 1 });
      },
      { atomic: true },
    )) as [number, number, string[]];
    const found = await fetchRecords(this.#reads, keys, members.map(fromMember));
    const records = found.flatMap((record) => {
      if (record === undefined) return [];
      const { id, revision, content } = record;
      return [{ id, revision, content }];
    });
    // What was removed between the two looks is pending no more.
    const removed = members.length - records.length;
    return { records, remaining: left - removed, total: total - removed };
  }

  async write(vectors: readonly NewVector[]): Promise<void> {
    for (const { vector } of vectors)
      if (vector.length !== this.#target.dimensions)
        throw new MemoryError(
          "DIMENSION_MISMATCH",
          `A vector has ${vector.length} numbers, but the space has ${this.#target.dimensions}.`,
          { expected: this.#target.dimensions, actual: vector.length },
        );
    const size = Math.max(1, Math.floor(mostBytesAtOnce / (4 * this.#target.dimensions)));
    for (const some of chunks(vectors, Math.min(size, 500))) {
      // Where somebody has finished or overtaken it meanwhile, the next look tells.
      for (let isDone = false; !isDone; ) {
        const progress = await this.#progress();
        isDone = progress.state !== "begun" || (await this.#writeSome(some, progress.fields));
      }
    }
  }

  async finish(): Promise<boolean> {
    const progress = await this.#progress();
    if (progress.state === "begun") {
      const [left] = await this.#tools.trips.batch((batch) => {
        batch.zcard(this.#tools.keys.pending(progress.fields.suffix));
      });
      if (left !== 0) return false;
      await this.#tools.prepareIndex(progress.fields);
    }
    if (progress.state !== "there") {
      const { dimensions, embedder } = this.#target;
      const suffix = progress.state === "begun" ? progress.fields.suffix : "";
      const args = [String(dimensions), embedder, this.#name(), suffix];
      if ((await this.#run(switchSpaceScript, args)) !== "done") return false;
    }
    await this.#tools.settle();
    return true;
  }

  async #progress(): Promise<Progress> {
    const { dimensions, embedder } = this.#target;
    const from = [String(this.#origin?.dimensions ?? ""), this.#origin?.embedder ?? ""];
    const args = [String(dimensions), embedder, ...from];
    const answer = (await this.#run(beginReembeddingScript, args)) as string[];
    const [state, suffix = "", width, heldEmbedder = ""] = answer;
    const stored = { dimensions: Number(width), embedder: heldEmbedder };
    if (state === "elsewhere") checkVectorSpace(stored, this.#target);
    if (state === "there" || state === "empty") return { state };
    this.#origin = stored;
    return { state: "begun", fields: vectorFields(suffix) };
  }

  async #writeSome(vectors: readonly NewVector[], fields: VectorFields): Promise<boolean> {
    const given = this.#tools.hasHnsw
      ? await this.#writeApart(vectors, fields)
      : vectors.map(({ id, revision, vector }) => [
          ...[toMember(id), String(revision), ""],
          vectorBytes(vector),
        ]);
    const args: GlideString[] = [this.#name(), fields.suffix, ...given.flat()];
    return (await this.#run(newVectorsScript, args)) === "1";
  }

  /** By plain commands, because a script that writes to an HNSW index stops the server. */
  async #writeApart(vectors: readonly NewVector[], fields: VectorFields): Promise<GlideString[][]> {
    const { trips, keys } = this.#tools;
    const held = await fetchRecords(
      this.#reads,
      keys,
      vectors.map(({ id }) => id),
    );
    const records = vectors.flatMap(({ revision, vector }, i): StoredRecord[] => {
      const record = held[i];
      return record?.revision === revision ? [{ ...record, vector }] : [];
    });
    for (const some of chunks(records, 100))
      await trips.write(({ commands }) =>
        Promise.all(
          some.map((record) =>
            commands.hset(keys.vector(vectorName(record, fields)), searchedFields(record, fields)),
          ),
        ),
      );
    return records.map((record) => [
      ...[toMember(record.id), String(record.revision)],
      ...[vectorName(record, fields), ""],
    ]);
  }

  /** The target as it stands among all to which the store may be on its way. */
  #name(): string {
    return `${this.#target.dimensions} ${this.#target.embedder}`;
  }

  #run(script: string, args: readonly GlideString[]): Promise<unknown> {
    const { trips, keys } = this.#tools;
    return trips.script(script, keys.ofScripts, () => [keys.base, "0", "0", ...args]);
  }
}

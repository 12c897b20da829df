import { MemoryError } from "@unimem/core/storage";
import type { Field } from "@valkey/valkey-glide";
import pRetry from "p-retry";
import type { Connection } from "./connection.ts";
import { tagSeparator } from "./record-hash.ts";
import { requireCoordinator } from "./require-coordinator.ts";
import type { RoundTrips } from "./round-trips.ts";
import { textOf } from "./storage-error.ts";
import type { StoreKeys } from "./store-keys.ts";
import type { HnswSettings } from "./valkey-options.ts";
import type { VectorFields } from "./vector-fields.ts";

export interface IndexPlan {
  readonly name: string;
  /** The field of the store's meta that names the index of this kind. */
  readonly noted: string;
  readonly dimensions: number;
  readonly fields: VectorFields;
  /** Whether it is for a space that the store is still on its way to, and so takes nobody's place yet. */
  readonly isAhead: boolean;
  readonly hnsw: HnswSettings | undefined;
  /** Over all shards of a cluster, by the module's coordinator. */
  readonly isSpread: boolean;
}

const longestBackfillMs = 60 * 60 * 1_000;

class NotReady extends Error {}

/** Finds or creates the index and waits until it covers every record. */
export async function makeSearchIndex(
  trips: RoundTrips,
  keys: StoreKeys,
  plan: IndexPlan,
): Promise<void> {
  await findOrCreate(trips, keys, plan);
  const scope = plan.isSpread ? "CLUSTER" : undefined;
  await pRetry(
    async () => {
      const known = await trips.read((connection) => describe(connection, plan.name, scope));
      // Somebody took it away since, by FLUSHDB for one.
      if (known === undefined) await findOrCreate(trips, keys, plan);
      // Until then it would answer with a part, and without an error.
      if (known?.state !== "ready") throw known === undefined ? new NotReady() : whyNotReady(known);
    },
    {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: longestBackfillMs,
      minTimeout: 5,
      maxTimeout: 500,
      shouldRetry: ({ error }) => error instanceof NotReady,
    },
  );
}

/** The error to wait at, or one that no waiting ends. */
function whyNotReady({ state }: Record<string, unknown>): Error {
  if (state === undefined)
    return new MemoryError(
      "NOT_SUPPORTED",
      "The server has a search module of another kind than Valkey's: it does not tell when an index is ready. Use Valkey with its Search module, or a server without any.",
    );
  if (state === "backfill_paused_by_oom")
    return new MemoryError(
      "STORAGE_UNAVAILABLE",
      "The Valkey server has stopped filling the search index, because its memory is full. Raise maxmemory.",
    );
  return new NotReady();
}

async function findOrCreate(trips: RoundTrips, keys: StoreKeys, plan: IndexPlan): Promise<void> {
  await trips.write(async (connection) => {
    const former = plan.isAhead ? plan.name : await formerIndex(connection, keys, plan);
    const known = await describe(connection, plan.name);
    if (known === undefined) await create(connection, keys, plan);
    else {
      check(known, keys, plan);
      if (plan.isSpread) await requireCoordinator(connection, plan.name, false);
    }
    if (former !== plan.name) await replace(connection, keys, plan, former);
  });
}

export function isIndexMissing(error: unknown): boolean {
  return /not found in database/i.test(textOf(error));
}

async function create(connection: Connection, keys: StoreKeys, plan: IndexPlan): Promise<void> {
  const { glide, commands } = connection;
  try {
    await glide.GlideFt.create(commands, plan.name, schema(plan), {
      dataType: "HASH",
      // Both, so that either kind of index finds what was written for the other.
      prefixes: [keys.records, keys.vectors],
    });
  } catch (error) {
    // Another process was faster.
    if (!/already exists/i.test(textOf(error))) throw error;
  }
  if (plan.isSpread) await requireCoordinator(connection, plan.name, true);
}

/** Drops the index that was in use and then notes this one: broken off between the two, it is done again. */
async function replace(
  { glide, commands }: Connection,
  { meta }: StoreKeys,
  plan: IndexPlan,
  former: string | undefined,
): Promise<void> {
  if (former !== undefined)
    await glide.GlideFt.dropindex(commands, former).catch((error: unknown) => {
      if (!isIndexMissing(error)) throw error;
    });
  await commands.hset(meta, { [plan.noted]: plan.name });
}

function schema({ dimensions, fields, hnsw }: IndexPlan): Field[] {
  const common = { dimensions, distanceMetric: "COSINE" } as const;
  return [
    ...["own", "anc", "cat", "src"].map(
      (name): Field => ({ type: "TAG", name, separator: tagSeparator, caseSensitive: true }),
    ),
    ...["ts", "upd", "sup", "exp"].map((name): Field => ({ type: "NUMERIC", name })),
    {
      type: "VECTOR",
      name: fields.vector,
      ...(fields.vector !== "vec" && { alias: "vec" }),
      attributes:
        hnsw === undefined
          ? { ...common, algorithm: "FLAT" }
          : {
              ...common,
              algorithm: "HNSW",
              numberOfEdges: hnsw.m,
              vectorsExaminedOnConstruction: hnsw.efConstruction,
            },
    },
  ];
}

/** The index that this one takes the place of. Rejects where the store's records need that one. */
async function formerIndex(
  { glide, commands }: Connection,
  { meta, accesses }: StoreKeys,
  { noted, dimensions, fields }: IndexPlan,
): Promise<string | undefined> {
  const decoder = glide.Decoder.String;
  const asked = ["dimensions", noted, "vectors"];
  const [width, former, suffix] = await commands.hmget(meta, asked, { decoder });
  const isFilled = (await commands.exists([accesses])) > 0;
  if (isFilled && width != null && Number(width) !== dimensions)
    throw new MemoryError(
      "DIMENSION_MISMATCH",
      `The store holds vectors of ${width} dimensions, not of ${dimensions}. Open it again with the embedder that it was written with.`,
      { expected: Number(width), actual: dimensions },
    );
  if (isFilled && (suffix ?? "") !== fields.suffix)
    throw new MemoryError(
      "STORAGE_UNAVAILABLE",
      "The store came into a new vector space at this moment. Try again.",
    );
  return former == null ? undefined : String(former);
}

async function describe(
  { glide, commands }: Connection,
  name: string,
  scope?: "CLUSTER",
): Promise<Record<string, unknown> | undefined> {
  try {
    const decoder = glide.Decoder.String;
    return await glide.GlideFt.info(commands, name, { decoder, ...(scope && { scope }) });
  } catch (error) {
    if (isIndexMissing(error)) return undefined;
    throw error;
  }
}

/** The name says the width already; this finds an index that somebody else has made under it. */
function check(
  description: Record<string, unknown>,
  { records, vectors }: StoreKeys,
  { dimensions }: IndexPlan,
): void {
  const text = JSON.stringify(description.attributes ?? "").toLowerCase();
  const width = /"dimensions",\s*"?(\d+)/.exec(text)?.[1];
  const covered = JSON.stringify(description.index_definition ?? [records, vectors]);
  const isOurs =
    text.includes("cosine") &&
    (width === undefined || Number(width) === dimensions) &&
    [records, vectors].every((prefix) => covered.includes(JSON.stringify(prefix)));
  if (isOurs) return;
  throw new MemoryError(
    "STORAGE_CORRUPT",
    "The server has an index under this store's name that is not like the one this package makes. Drop it with FT.DROPINDEX, or use another prefix.",
  );
}

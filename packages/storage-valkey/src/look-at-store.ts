import { MemoryError, rootScope, type VectorSpace } from "@unimem/core/storage";
import { checkLayout } from "./check-layout.ts";
import type { RoundTrips } from "./round-trips.ts";
import type { SpreadKeys } from "./spread-keys.ts";
import type { StoreKeys } from "./store-keys.ts";

const schema = "1";

/** Views that share no record and together hold all. */
const everyView = ["cp", "cx", "sp", "sx"];

export interface StoreLook {
  /** Of what is stored; `null` while nothing is. */
  readonly space: VectorSpace | null;
  /** Whether records are stored of which nobody says what space they are in. */
  readonly isSpaceLost: boolean;
  /** Whether the sets hold every record there is. */
  readonly isWhole: boolean;
  /** Whether a write has begun, in a spread store, of which the sets may not know yet. */
  readonly hasBegun: boolean;
  /** Whether some records still have the vectors of a former space. */
  readonly hasFormer: boolean;
}

/** What a store says of itself. Rejects where it is of another version or lies in another layout. */
export async function lookAtStore(
  trips: RoundTrips,
  { meta, layout, accesses, former, below }: StoreKeys,
  spread: SpreadKeys | undefined,
): Promise<StoreLook> {
  const answers = await trips.batch(
    (batch) => {
      batch.hmget(meta, ["schema", "dimensions", "embedder", "repairing", "layout"]);
      batch.zcard(accesses);
      batch.scard(former);
      for (const view of everyView) batch.zcard(below(view, rootScope));
      for (const key of spread ? [spread.placed, spread.begun] : []) batch.hlen(key);
    },
    { atomic: true },
  );
  const [fields, ...counts] = answers as [(string | null)[], ...number[]];
  const [version, dimensions, embedder, repairing, noted] = fields;
  if (version != null && version !== schema)
    throw new MemoryError(
      "STORAGE_CORRUPT",
      "The store was written by a newer version of @unimem/valkey. Use that version, or another prefix.",
    );
  if (version != null) checkLayout(noted, layout);
  const [count = 0, formers = 0, ...others] = counts;
  const sum = others.slice(0, everyView.length).reduce((total, size) => total + size, 0);
  const [placed = count, begun = 0] = others.slice(everyView.length);
  const isFilled = count !== 0 && dimensions != null && embedder != null;
  return {
    space: isFilled ? { dimensions: Number(dimensions), embedder } : null,
    isSpaceLost: count !== 0 && !isFilled,
    isWhole: count === sum && count === placed && repairing == null,
    hasBegun: begun > 0,
    hasFormer: formers !== 0,
  };
}

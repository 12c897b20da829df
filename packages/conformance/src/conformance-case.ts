import type { StorageBackend, VectorSpace } from "@unimem/core/storage";
import type { ManualRuntime } from "@unimem/core/testing";
import type { Need } from "./need.ts";

/** One thing that every storage does. Cases are data, so that `docs/storage-contract.md` is made from them. */
export interface ConformanceCase {
  /** A sentence about behaviour; unique, because deviations name it. */
  readonly name: string;
  /** Why a user cares: what would go wrong otherwise. */
  readonly proves: string;
  readonly topic: string;
  /** All of these must be met; otherwise the case does not apply and is reported as skipped. */
  readonly needs?: readonly Need[];
  /** Rejects where the storage behaves otherwise. */
  run(context: CaseContext): Promise<void>;
}

/** What a case works with: a store of its own, empty at first. */
export interface CaseContext {
  /** A new handle on the case's store, opened for `expected` (by default `sampleSpace`). */
  open(expected?: VectorSpace): Promise<StorageBackend>;
  /** A new handle that is not open yet. */
  handle(): StorageBackend;
  /** The time that all handles of this case live in. */
  readonly clock: ManualRuntime;
}

/** Cases of one topic, which is written once, as are the needs that all of them have. */
export function casesAbout(
  topic: string,
  cases: readonly Omit<ConformanceCase, "topic">[],
  needs: readonly Need[] = [],
): ConformanceCase[] {
  return cases.map((each) => ({ ...each, topic, needs: [...needs, ...(each.needs ?? [])] }));
}

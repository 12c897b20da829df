import { closingCases } from "./cases/closing.ts";
import { concurrencyCases } from "./cases/concurrency.ts";
import { durabilityCases } from "./cases/durability.ts";
import { expiryCases } from "./cases/expiry.ts";
import { filterCases, manyConditionsCases } from "./cases/filters.ts";
import { hostileIdCases } from "./cases/hostile-ids.ts";
import { listingCases } from "./cases/listing.ts";
import { matchingCases } from "./cases/matching.ts";
import { nearestCases } from "./cases/nearest.ts";
import { openingCases } from "./cases/opening.ts";
import { readingByIdCases } from "./cases/reading-by-id.ts";
import { reembeddingCases } from "./cases/reembedding.ts";
import { reembeddingUnderWayCases } from "./cases/reembedding-under-way.ts";
import { removalCases } from "./cases/removals.ts";
import { revisionCases } from "./cases/revisions.ts";
import { roundTripCases } from "./cases/round-trips.ts";
import { scopeBoundaryCases } from "./cases/scope-boundaries.ts";
import { scopeCases } from "./cases/scopes.ts";
import { sharedAccessCases } from "./cases/shared-access.ts";
import { sharedReembeddingCases } from "./cases/shared-reembedding.ts";
import { structuredRoundTripCases } from "./cases/structured-round-trips.ts";
import { touchingCases } from "./cases/touching.ts";
import type { ConformanceCase } from "./conformance-case.ts";

/** Everything that is asked of a storage, in the order of `docs/storage-contract.md`. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...openingCases,
  ...closingCases,
  ...roundTripCases,
  ...structuredRoundTripCases,
  ...readingByIdCases,
  ...revisionCases,
  ...removalCases,
  ...scopeBoundaryCases,
  ...scopeCases,
  ...hostileIdCases,
  ...filterCases,
  ...manyConditionsCases,
  ...expiryCases,
  ...listingCases,
  ...nearestCases,
  ...matchingCases,
  ...touchingCases,
  ...concurrencyCases,
  ...sharedAccessCases,
  ...durabilityCases,
  ...reembeddingCases,
  ...reembeddingUnderWayCases,
  ...sharedReembeddingCases,
];

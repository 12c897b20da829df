import { describe, it } from "vitest";
import { type ConformanceOptions, conformancePlan } from "./conformance-plan.ts";
import type { StorageFixture } from "./storage-fixture.ts";

/** Registers every case of the suite with vitest. */
export function testStorage(fixture: StorageFixture, options: ConformanceOptions = {}): void {
  describe(fixture.name, () => {
    for (const { name, run } of conformancePlan(fixture, options))
      it(name, { timeout: 300_000 }, async ({ skip }) => {
        const { skipped } = await run();
        if (skipped !== undefined) skip(skipped);
      });
  });
}

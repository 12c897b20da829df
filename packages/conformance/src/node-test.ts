import { describe, it } from "node:test";
import { type ConformanceOptions, conformancePlan } from "./conformance-plan.ts";
import type { StorageFixture } from "./storage-fixture.ts";

/** Registers every case of the suite with `node --test`. */
export function testStorage(fixture: StorageFixture, options: ConformanceOptions = {}): void {
  describe(fixture.name, () => {
    for (const { name, run } of conformancePlan(fixture, options))
      it(name, async (test) => {
        const { skipped } = await run();
        if (skipped !== undefined) test.skip(skipped);
      });
  });
}

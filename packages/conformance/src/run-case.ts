import type { StorageBackend } from "@unimem/core/storage";
import { manualRuntime } from "@unimem/core/testing";
import type { ConformanceCase } from "./conformance-case.ts";
import { sampleSpace } from "./sample-record.ts";
import type { StorageFixture } from "./storage-fixture.ts";

export interface CaseOutcome {
  /** Why the case does not apply to this storage; absent where it ran and passed. */
  readonly skipped?: string;
}

/** Runs one case on a store of its own, then closes every handle and deletes the store. Rejects where the case fails. */
export async function runCase(
  { needs = [], run }: ConformanceCase,
  fixture: StorageFixture,
): Promise<CaseOutcome> {
  const clock = manualRuntime();
  const store = await fixture.create();
  const handles: StorageBackend[] = [];
  const handle = () => {
    const created = store.handle({ runtime: clock });
    handles.push(created);
    return created;
  };

  async function runIfSupported(): Promise<CaseOutcome> {
    if (needs.length > 0) {
      // Opened first, because a storage may learn from its server what it supports.
      const probe = handle();
      await probe.open();
      const unmet = needs.filter((need) => !need.isMet(probe));
      await probe.close();
      if (unmet.length > 0) return { skipped: `needs ${unmet.map(({ name }) => name).join(", ")}` };
    }
    await run({
      clock,
      handle,
      open: async (expected = sampleSpace) => {
        const opened = handle();
        await opened.open(expected);
        return opened;
      },
    });
    return {};
  }

  const [outcome] = await Promise.allSettled([runIfSupported()]);
  const closings = await Promise.allSettled(handles.map((each) => each.close()));
  const [disposal] = await Promise.allSettled([store.dispose?.()]);
  // The case's own failure says more than a failure to close that follows from it.
  if (outcome.status === "rejected") throw outcome.reason;
  for (const ending of [...closings, disposal])
    if (ending.status === "rejected") throw ending.reason;
  return outcome.value;
}

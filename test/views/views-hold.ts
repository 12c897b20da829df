import fc from "fast-check";
import { Memory, type StorageBackend } from "unimem";
import { type ManualRuntime, manualRuntime, scriptedEmbedder } from "unimem/testing";
import { checkReads } from "./check-reads.ts";
import { type Change, checkWrite } from "./check-writes.ts";
import type { Question } from "./expected.ts";
import { type ViewMaker, viewPlans } from "./view-plan.ts";
import { categories, facts, fill, paths, sources, stored } from "./world.ts";

export interface StoreUnderTest {
  readonly storage: StorageBackend;
  dispose?(): Promise<void>;
}

const start = new Date("2026-01-01T00:00:00.000Z");
const moment = fc.integer({ min: 0, max: 11 }).map((s) => new Date(+start + s * 500));

const questions: fc.Arbitrary<Question> = fc.record(
  {
    who: fc.oneof(
      fc.constant({}),
      fc.record({ source: fc.constantFrom(...sources) }),
      fc.constant({ includePrivate: true }),
    ),
    path: fc.oneof(
      { weight: 2, arbitrary: fc.constant("/") },
      { weight: 1, arbitrary: fc.constantFrom(...paths) },
    ),
    categories: fc.uniqueArray(fc.constantFrom(...categories), { minLength: 1, maxLength: 2 }),
    metadata: fc.record({ k: fc.constantFrom<number | { gte: number }>(1, 2, { gte: 2 }) }),
    createdAfter: moment,
    createdBefore: moment,
    asOf: moment,
  },
  { requiredKeys: ["who", "path"] },
);

// With every condition given at random almost nothing is selected; most questions should have one or none.
const sparse = fc
  .tuple(
    questions,
    fc.subarray(["categories", "metadata", "createdAfter", "createdBefore", "asOf"], {
      maxLength: 1,
    }),
  )
  .map(([question, kept]) => {
    const entries = Object.entries(question);
    return Object.fromEntries(
      entries.filter(([key]) => key === "who" || key === "path" || kept.includes(key)),
    ) as unknown as Question;
  });

const changes: fc.Arbitrary<Change> = fc.record({
  verb: fc.constantFrom("remember", "rememberMany", "update", "forget", "forget by id", "reset"),
  at: fc.nat({ max: 20 }),
  private: fc.boolean(),
});

/**
 * For random facts, views, principals and questions: through a view nothing is seen, found, counted or changed
 * that lies outside of it or is hidden from the principal, and everything inside is. `make` makes the views, so
 * that broken ones can be tried; where a failure is expected, or a store is slow, it need not be shrunk.
 */
export async function viewsHold(
  create: (runtime: ManualRuntime) => Promise<StoreUnderTest>,
  make: ViewMaker,
  { runs, seed, shrink = true }: { runs: number; seed?: number; shrink?: boolean },
): Promise<void> {
  const limits = fc.constantFrom(1, 2, 3);
  const looks = fc.array(fc.tuple(viewPlans, sparse, changes, limits), {
    minLength: 1,
    maxLength: 3,
  });
  const property = fc.asyncProperty(facts, looks, async (all, looks) => {
    const runtime = manualRuntime(start);
    const { storage, dispose } = await create(runtime);
    const parts = { storage, embedder: scriptedEmbedder(), llm: false, runtime } as const;
    const opened: Memory[] = [];
    const open = (options: object) => {
      const memory = new Memory({ ...parts, ...options });
      opened.push(memory);
      return memory;
    };
    try {
      await fill(open({}), all, runtime);
      for (const [plan, question, change, limit] of looks) {
        const asked = plan.as ? { ...question, who: {} } : question;
        const view = make(open, plan);
        const records = await stored(storage);
        const now = runtime.now();
        await checkReads(view, plan, records, asked, limit, now);
        const before = { all: records, now, after: () => stored(storage) };
        await checkWrite(view, plan, asked, change, before);
        // A save answers before the sweep that follows it is done.
        await Promise.all(opened.map((memory) => memory.drainWrites()));
      }
    } finally {
      await storage.close();
      await dispose?.();
    }
  });
  await fc.assert(property, {
    numRuns: runs,
    endOnFailure: !shrink,
    ...(seed !== undefined && { seed }),
  });
}

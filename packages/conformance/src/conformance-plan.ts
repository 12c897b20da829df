import type { ConformanceCase } from "./conformance-case.ts";
import { conformanceCases } from "./conformance-cases.ts";
import { type CaseOutcome, runCase } from "./run-case.ts";
import type { StorageFixture } from "./storage-fixture.ts";
import { type ModelOptions, storageModel, storageModelName } from "./storage-model.ts";

export interface ConformanceOptions {
  /** Cases that this storage fails, by name, each with its reason. One that passes fails the run. */
  readonly deviations?: Readonly<Record<string, string>>;
  /** How long the random operations run. */
  readonly model?: ModelOptions;
  /** @default every case of the suite */
  readonly cases?: readonly ConformanceCase[];
}

export interface PlannedTest {
  readonly name: string;
  run(): Promise<CaseOutcome>;
}

/** What a test runner has to run for one storage; each binding hands these to its runner. */
export function conformancePlan(
  fixture: StorageFixture,
  { deviations = {}, model = {}, cases = conformanceCases }: ConformanceOptions = {},
): PlannedTest[] {
  const tests: PlannedTest[] = [
    ...cases.map((each) => ({ name: each.name, run: () => runCase(each, fixture) })),
    {
      name: storageModelName,
      async run() {
        await storageModel(fixture, model);
        return {};
      },
    },
  ];
  checkDeviations(
    deviations,
    tests.map(({ name }) => name),
  );
  return tests.map((test) => {
    const reason = Object.hasOwn(deviations, test.name) ? deviations[test.name] : undefined;
    return reason === undefined ? test : expectFailure(test, reason);
  });
}

function checkDeviations(
  deviations: Readonly<Record<string, string>>,
  names: readonly string[],
): void {
  for (const [name, reason] of Object.entries(deviations)) {
    if (!names.includes(name))
      throw new Error(`A deviation names no case of the suite: "${name}". Copy the case's name.`);
    if (reason.trim() === "")
      throw new Error(`The deviation from "${name}" has no reason. Say why the storage deviates.`);
  }
}

function expectFailure({ name, run }: PlannedTest, reason: string): PlannedTest {
  return {
    name: `${name} (deviates: ${reason})`,
    async run() {
      const [result] = await Promise.allSettled([run()]);
      if (result.status === "rejected") return {};
      const now = result.value.skipped === undefined ? "passes" : "does not apply";
      throw new Error(`"${name}" ${now}. Take it out of the deviations.`);
    },
  };
}

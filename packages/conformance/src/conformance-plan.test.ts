import assert from "node:assert/strict";
import { inMemoryStorage } from "@unimem/core/storage";
import { describe, it } from "vitest";
import type { ConformanceCase } from "./conformance-case.ts";
import { type ConformanceOptions, conformancePlan } from "./conformance-plan.ts";
import { durability } from "./need.ts";
import type { StorageFixture } from "./storage-fixture.ts";

const fixture: StorageFixture = {
  name: "in-memory",
  create: async () => ({ handle: (options) => inMemoryStorage(options) }),
};

function sampleCase(name: string, given: Partial<ConformanceCase> = {}): ConformanceCase {
  return { name, topic: "Samples", proves: "Nothing.", run: async () => {}, ...given };
}

const cases = [
  sampleCase("passes"),
  sampleCase("fails", { run: () => Promise.reject(new Error("It fails.")) }),
  sampleCase("does not apply", { needs: [durability] }),
];

/** Runs the one planned test whose name begins with `name`. */
async function runPlanned(name: string, options: ConformanceOptions = {}) {
  const test = conformancePlan(fixture, { cases, ...options }).find((each) =>
    each.name.startsWith(name),
  );
  assert.ok(test);
  return { name: test.name, ...(await test.run()) };
}

describe("a plan", () => {
  it("has one test for each case and one for the random operations", () => {
    assert.equal(conformancePlan(fixture, { cases }).length, cases.length + 1);
  });

  it("passes and fails with its cases", async () => {
    assert.deepEqual(await runPlanned("passes"), { name: "passes" });
    await assert.rejects(runPlanned("fails"), /It fails/);
  });

  it("skips a case whose needs are not met, and says which", async () => {
    assert.equal((await runPlanned("does not apply")).skipped, "needs durability");
  });

  it("passes a deviation that fails, and shows its reason", async () => {
    const { name } = await runPlanned("fails", { deviations: { fails: "No disk." } });
    assert.equal(name, "fails (deviates: No disk.)");
  });

  it("fails a deviation that passes", async () => {
    await assert.rejects(
      runPlanned("passes", { deviations: { passes: "It did not once." } }),
      /"passes" passes\. Take it out of the deviations/,
    );
  });

  it("fails a deviation from a case that does not apply", async () => {
    await assert.rejects(
      runPlanned("does not apply", { deviations: { "does not apply": "No disk." } }),
      /does not apply\. Take it out of the deviations/,
    );
  });

  it("refuses deviations from unknown cases and without a reason", () => {
    const plan = (deviations: Record<string, string>) => () =>
      conformancePlan(fixture, { cases, deviations });
    assert.throws(plan({ "no such case": "Why not." }), /names no case of the suite/);
    assert.throws(plan({ fails: " " }), /has no reason/);
  });

  it("reports the case's own failure, closes its handles and deletes its store", async () => {
    const calls: string[] = [];
    const failing = sampleCase("fails", {
      async run({ open }) {
        await open();
        throw new Error("It fails.");
      },
    });
    const watched: StorageFixture = {
      name: "watched",
      create: async () => ({
        handle: (options) => ({
          ...inMemoryStorage(options),
          async close() {
            calls.push("close");
            throw new Error("It does not close.");
          },
        }),
        async dispose() {
          calls.push("dispose");
        },
      }),
    };
    const [test] = conformancePlan(watched, { cases: [failing] });
    await assert.rejects(async () => test?.run(), /It fails/);
    assert.deepEqual(calls, ["close", "dispose"]);
  });
});

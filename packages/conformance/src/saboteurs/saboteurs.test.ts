import assert from "node:assert/strict";
import { describe, it } from "vitest";
import type { ConformanceCase } from "../conformance-case.ts";
import { conformanceCases } from "../conformance-cases.ts";
import { runCase } from "../run-case.ts";
import { sharedInMemory } from "../shared-in-memory.ts";
import type { Saboteur } from "./saboteur.ts";
import { saboteurs } from "./saboteurs.ts";

// Cases on much data are slow, and most broken storages are noticed with little.
const [large, small] = [true, false].map((isLarge) =>
  conformanceCases.filter(({ name }) => /thousand|100 kB/.test(name) === isLarge),
) as [ConformanceCase[], ConformanceCase[]];

/** The name of the first case that notices. */
async function firstToNotice(saboteur: Saboteur): Promise<string | undefined> {
  const fixture = sharedInMemory(saboteur);
  for (const each of [...small, ...large]) {
    const [outcome] = await Promise.allSettled([runCase(each, fixture)]);
    if (outcome.status === "rejected") return each.name;
  }
  return undefined;
}

describe("the suite notices a storage that", () => {
  for (const saboteur of saboteurs)
    it(saboteur.name, async ({ annotate }) => {
      const name = await firstToNotice(saboteur);
      assert.ok(name, "Every case passes on this broken storage.");
      await annotate(`noticed by: ${name}`);
    });

  it("differs from all others by its name", () => {
    assert.equal(new Set(saboteurs.map(({ name }) => name)).size, saboteurs.length);
  });
});

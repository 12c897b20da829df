import assert from "node:assert/strict";
import { describe, it } from "vitest";
import { saboteurs } from "./saboteurs/saboteurs.ts";
import { sharedInMemory } from "./shared-in-memory.ts";
import { storageModel } from "./storage-model.ts";

const noticed = [
  "takes scopes for prefixes of strings",
  "drops the condition categories",
  "drops the condition asOf",
  "drops the condition aliveAt",
  "sweeps what never expires",
  "drops the condition sources",
  "shows private records to everybody",
  "lets metadata ne fail where the key is missing",
  "lists the oldest first",
  "lists, then filters",
  "finds the nearest, then filters",
  "lets the last write win",
  "lets an equal revision overwrite",
  "forgets removed ids with the next write",
  "removes superseded records too",
  "moves lastAccessed back",
  "folds ids to NFC",
];

describe("random operations notice a storage that", () => {
  for (const name of noticed)
    it(name, async () => {
      const saboteur = saboteurs.find((each) => each.name === name);
      assert.ok(saboteur);
      await assert.rejects(
        storageModel(sharedInMemory(saboteur), { runs: 500, seed: 1 }),
        /seed: 1, path: /,
      );
    });
});

it("a thousand sequences of random operations find nothing wrong with the in-memory storage", async () => {
  await storageModel(sharedInMemory(), { runs: 1_000 });
});

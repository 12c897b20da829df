import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lanceStorage } from "@unimem/lancedb";
import { inMemoryStorage } from "unimem";
import type { ManualRuntime } from "unimem/testing";
import { describe, expect, test } from "vitest";
import { brokenViews } from "./broken-views.ts";
import { makeView } from "./view-plan.ts";
import { viewsHold } from "./views-hold.ts";

const inMemory = async (runtime: ManualRuntime) => ({ storage: inMemoryStorage({ runtime }) });

async function onDisk(runtime: ManualRuntime) {
  const uri = mkdtempSync(join(tmpdir(), "unimem-views-"));
  const dispose = async () => rmSync(uri, { recursive: true, force: true });
  return { storage: lanceStorage({ uri, runtime }), dispose };
}

test("nothing outside of a view, or hidden from its principal, is seen or changed through it; all else is", async () => {
  await viewsHold(inMemory, makeView, { runs: 400 });
});

test("the same holds on LanceDB", async () => {
  await viewsHold(onDisk, makeView, { runs: 12, shrink: false });
});

describe("that is noticed where", () => {
  test.each(brokenViews)("$name", async ({ verb, make }) => {
    await expect(
      viewsHold(inMemory, make, { runs: 500, seed: 1, shrink: false }),
    ).rejects.toMatchObject({
      cause: { code: "ERR_ASSERTION", message: expect.stringMatching(`\\b${verb}\\b`) },
    });
  });
});

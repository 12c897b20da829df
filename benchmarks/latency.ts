import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureFootprint } from "./footprint.ts";
import { measureImport } from "./import-cost.ts";
import { measureManyScopes } from "./many-scopes.ts";
import { measureRecall } from "./recall-latency.ts";
import type { Finding } from "./report.ts";
import { measureWrites } from "./write-latency.ts";

/** Speed, memory and disk of the embedded memory, each beside raw LanceDB on the same data in the same run. */
export async function latency(): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), "unimem-bench-"));
  try {
    return [
      ...(await measureImport()),
      ...(await measureWrites(folder)),
      ...(await measureRecall(folder, 1_000, 384)),
      ...(await measureRecall(folder, 10_000, 384)),
      ...(await measureRecall(folder, 100_000, 384)),
      ...(await measureManyScopes(folder, 100_000, 384)),
      ...(await measureFootprint(folder, 100_000, 384)),
      ...(await measureRecall(folder, 10_000, 3072)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Fills a store in a process of its own, so that what filling leaves in memory is not measured with what follows.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Memory } from "@unimem/core";
import { lanceStorage } from "@unimem/lancedb";
import { syntheticEmbedder, syntheticFact } from "./synthetic-facts.ts";

/** The directory of a store with so many synthetic facts, made once per folder. */
export function filledStore(folder: string, records: number, dimensions: number): string {
  const uri = join(folder, `${records}x${dimensions}`);
  if (!existsSync(uri)) {
    const script = fileURLToPath(import.meta.url);
    execFileSync(process.execPath, [script, uri, String(records), String(dimensions)], {
      stdio: "inherit",
    });
  }
  return uri;
}

if (import.meta.main) {
  const [uri = "", records, dimensions] = process.argv.slice(2);
  const memory = new Memory({
    storage: lanceStorage({ uri }),
    embedder: syntheticEmbedder(Number(dimensions)),
  });
  for (let start = 0; start < Number(records); start += 1000)
    await memory.rememberMany(
      Array.from({ length: 1000 }, (_, i) => ({ ...syntheticFact(start + i), importance: 0.5 })),
    );
  await memory.close();
}

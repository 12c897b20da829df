// What a process that recalls from a large store weighs, measured in a process that does nothing else.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Memory } from "@unimem/core";
import { lanceStorage } from "@unimem/lancedb";
import { filledStore } from "./filled-store.ts";
import type { Finding } from "./report.ts";
import { syntheticEmbedder, syntheticQuestion } from "./synthetic-facts.ts";

export async function measureFootprint(
  folder: string,
  records: number,
  dimensions: number,
): Promise<Finding[]> {
  const uri = filledStore(folder, records, dimensions);
  const script = fileURLToPath(import.meta.url);
  const printed = execFileSync(process.execPath, [script, uri, String(dimensions)], {
    encoding: "utf8",
  });
  const rss = Number(printed);
  return [
    {
      what: `memory of a process during 200 recalls from ${records} × ${dimensions}`,
      measured: `at most ${rss.toFixed(0)} MB`,
      target: "≤ 450 MB",
      holds: rss <= 450,
    },
  ];
}

if (import.meta.main) {
  const [uri = "", dimensions] = process.argv.slice(2);
  const embedder = syntheticEmbedder(Number(dimensions));
  const memory = new Memory({ storage: lanceStorage({ uri }), embedder });
  let rss = 0;
  for (let i = 0; i < 200; i++) {
    await memory.recall(syntheticQuestion(i), { scope: i % 2 ? "/" : "/project/3" });
    rss = Math.max(rss, process.memoryUsage().rss / 1e6);
  }
  await memory.tree();
  console.log(Math.max(rss, process.memoryUsage().rss / 1e6));
  await memory.close();
}

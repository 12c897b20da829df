import { randomUUID } from "node:crypto";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { Memory } from "@unimem/core";
import { lanceStorage } from "@unimem/lancedb";
import { filledStore } from "./filled-store.ts";
import { interleave } from "./interleave.ts";
import { openRaw } from "./raw-lance.ts";
import type { Finding } from "./report.ts";
import { syntheticEmbedder, syntheticFact } from "./synthetic-facts.ts";

const dimensions = 384;
const embedder = syntheticEmbedder(dimensions);

/** Single and concurrent saves beside raw one-row writes, and the disk that single saves leave behind. */
export async function measureWrites(folder: string): Promise<Finding[]> {
  return [
    await singleSaves(folder),
    await concurrentSaves(folder),
    await diskAfterSingleSaves(folder),
  ];
}

async function singleSaves(folder: string): Promise<Finding> {
  const memory = new Memory({
    storage: lanceStorage({ uri: filledStore(folder, 1000, dimensions) }),
    embedder,
  });
  const raw = await rawWriter(filledStore(join(folder, "raw-upsert"), 1000, dimensions));
  const measured = await interleave(200, {
    remember: (round) => memory.remember(syntheticFact(5000 + round).content),
    upsert: (round) => raw.upsert(syntheticFact(5000 + round).content),
  });
  await memory.close();
  const { p50 } = measured;
  const ratio = measured.ratio("remember", "upsert");
  return {
    what: "one awaited remember()",
    measured: `p50 ${p50.remember.toFixed(2)} ms`,
    beside: `raw one-row upsert ${p50.upsert.toFixed(2)} ms (${ratio.toFixed(2)} ×)`,
    target: "≤ 2 ×",
    holds: ratio <= 2,
  };
}

async function concurrentSaves(folder: string): Promise<Finding> {
  const memory = new Memory({
    storage: lanceStorage({ uri: join(folder, "concurrent") }),
    embedder,
  });
  await memory.remember("The first save opens the store.");
  const raw = await rawWriter(filledStore(join(folder, "raw-add"), 1000, dimensions));
  const saves = 1000;
  const adds = 200; // raw adds get slower with every one; the first 200 are its better figure
  const rememberMs = await time(() =>
    Promise.all(Array.from({ length: saves }, (_, i) => memory.remember(syntheticFact(i).content))),
  );
  const addMs = await time(async () => {
    for (let i = 0; i < adds; i++) await raw.add(syntheticFact(i).content);
  });
  await memory.close();
  const ratio = saves / rememberMs / (adds / addMs);
  return {
    what: `${saves} concurrent remember()`,
    measured: `${Math.round((saves / rememberMs) * 1000)} a second`,
    beside: `raw one-row adds ${Math.round((adds / addMs) * 1000)} a second (${ratio.toFixed(1)} ×)`,
    target: "≥ 20 ×",
    holds: ratio >= 20,
  };
}

async function diskAfterSingleSaves(folder: string): Promise<Finding> {
  const uri = join(folder, "single");
  let data = 0;
  const memory = new Memory({ storage: lanceStorage({ uri }), embedder });
  for (let i = 0; i < 2000; i++) {
    const { content, scope } = syntheticFact(i);
    await memory.remember(content, { scope });
    data += Buffer.byteLength(content) + 4 * dimensions;
  }
  await memory.close();
  const files = globSync("**/*", { cwd: uri }).map((path) => statSync(join(uri, path)));
  const bytes = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
  return {
    what: "disk after 2000 single remember() and close()",
    measured: `${(bytes / 1e6).toFixed(1)} MB`,
    beside: `contents and vectors ${(data / 1e6).toFixed(1)} MB (${(bytes / data).toFixed(1)} ×)`,
    target: "≤ 10 ×",
    holds: bytes <= 10 * data,
  };
}

/** Writes rows of the same shape as unimem's, with LanceDB alone. */
async function rawWriter(uri: string) {
  const table = await openRaw(uri);
  const [template] = await table.query().limit(1).toArray();
  const row = async (content: string) => {
    const { vectors } = await embedder.embed([content]);
    return [
      { ...plain(template), id: randomUUID(), content, vector: Array.from(vectors[0] ?? []) },
    ];
  };
  return {
    add: async (content: string) => table.add(await row(content)),
    upsert: async (content: string) => {
      const merge = table.mergeInsert("id").whenMatchedUpdateAll().whenNotMatchedInsertAll();
      return merge.execute(await row(content));
    },
  };
}

function plain(row: { toJSON(): Record<string, unknown> }): Record<string, unknown> {
  const lists = (value: unknown) =>
    value && typeof value === "object" && Symbol.iterator in value
      ? [...(value as Iterable<unknown>)]
      : value;
  return Object.fromEntries(
    Object.entries(row.toJSON()).map(([name, value]) => [name, lists(value)]),
  );
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

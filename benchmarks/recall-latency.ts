import { Memory, unitVector } from "@unimem/core";
import { lanceStorage } from "@unimem/lancedb";
import { filledStore } from "./filled-store.ts";
import { interleave } from "./interleave.ts";
import { openRaw, rawColumns, rawFilter } from "./raw-lance.ts";
import type { Finding } from "./report.ts";
import { placeOf, syntheticEmbedder, syntheticQuestion } from "./synthetic-facts.ts";

const limit = 10;
const candidates = 20; // limit × the default oversample factor
const places = {
  everywhere: "/",
  "in a tenth": placeOf(3, "project"),
  "in 5 %": placeOf(3, "part"),
  "in 0.5 %": placeOf(3, "area"),
  "in 0.1 %": placeOf(3, "room"),
};

/** Shallow recall beside the raw queries it stands on: the same table, filter, columns and number of rows. */
export async function measureRecall(
  folder: string,
  records: number,
  dimensions: number,
): Promise<Finding[]> {
  const uri = filledStore(folder, records, dimensions);
  const embedder = syntheticEmbedder(dimensions);
  const vectors = new Memory({ storage: lanceStorage({ uri }), embedder, lexicalWeight: 0 });
  const hybrid = new Memory({ storage: lanceStorage({ uri }), embedder });
  const table = await openRaw(uri);
  const columns = await rawColumns(table);
  const indexed = (await table.listIndices()).some(({ columns }) => columns.includes("vector"));

  const findings: Finding[] = [];
  for (const [place, scope] of Object.entries(places)) {
    if (records < 100_000 && scope.length > places["in a tenth"].length) continue;
    const where = rawFilter(scope);
    const rawVectors = async (text: string) => {
      const vector = unitVector((await embedder.embed([text])).vectors[0] ?? []);
      const search = table.vectorSearch(vector).distanceType("cosine").where(where);
      return search
        .select([...columns, "_distance"])
        .limit(candidates)
        .nprobes(1000)
        .refineFactor(10)
        .toArray();
    };
    const rawText = (text: string) =>
      table
        .query()
        .fullTextSearch(text, { columns: ["content"] })
        .where(where)
        .select([...columns, "vector", "_score"])
        .limit(candidates)
        .toArray();
    const options = { scope, limit, depth: "shallow" } as const;
    const rounds = records >= 100_000 ? 60 : 100;
    const measured = await interleave(rounds, {
      raw: (round) => rawVectors(syntheticQuestion(round)),
      recall: (round) => vectors.recall(syntheticQuestion(round), options),
      rawHybrid: (round) =>
        Promise.all([rawVectors(syntheticQuestion(round)), rawText(syntheticQuestion(round))]),
      recallHybrid: (round) => hybrid.recall(syntheticQuestion(round), options),
    });
    const size = `${records} × ${dimensions}${indexed ? ", indexed" : ""}`;
    const { p50 } = measured;
    findings.push(
      beside(`recall by vectors, ${size}, ${place}`, "raw vector query", {
        ours: p50.recall,
        raw: p50.raw,
        ratio: measured.ratio("recall", "raw"),
      }),
      beside(`recall, hybrid, ${size}, ${place}`, "raw vector and text query", {
        ours: p50.recallHybrid,
        raw: p50.rawHybrid,
        ratio: measured.ratio("recallHybrid", "rawHybrid"),
      }),
    );
    if (records === 100_000)
      for (const [name, ms] of Object.entries({ vectors: p50.recall, hybrid: p50.recallHybrid }))
        findings.push({
          what: `p50 of recall, ${name}, ${size}, ${place}`,
          measured: `${ms.toFixed(1)} ms`,
          target: "≤ 12 ms",
          holds: ms <= 12,
        });
  }
  await Promise.all([vectors.close(), hybrid.close()]);
  return findings;
}

function beside(
  what: string,
  peer: string,
  { ours, raw, ratio }: { ours: number; raw: number; ratio: number },
): Finding {
  return {
    what,
    measured: `p50 ${ours.toFixed(2)} ms`,
    beside: `${peer} ${raw.toFixed(2)} ms (${ratio.toFixed(2)} ×)`,
    target: "≤ 1.3 ×",
    holds: ratio <= 1.3,
  };
}

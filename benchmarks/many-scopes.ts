import { unitVector } from "@unimem/core";
import { parseScope } from "@unimem/core/storage";
import { lanceStorage } from "@unimem/lancedb";
import { filledStore } from "./filled-store.ts";
import { interleave } from "./interleave.ts";
import type { Finding } from "./report.ts";
import { placeOf, syntheticEmbedder, syntheticQuestion } from "./synthetic-facts.ts";

/** A search in ten scopes at once, as a slice makes it, beside one in a single scope that holds as many records. */
export async function measureManyScopes(
  folder: string,
  records: number,
  dimensions: number,
): Promise<Finding[]> {
  const embedder = syntheticEmbedder(dimensions);
  const storage = lanceStorage({ uri: filledStore(folder, records, dimensions) });
  await storage.open({ dimensions, embedder: embedder.id });
  const one = [placeOf(3, "part")];
  const ten = Array.from({ length: 10 }, (_, i) => placeOf(i, "area"));
  const searchIn = (places: readonly string[]) => {
    const filter = { visibleTo: "public", scopes: places.map((path) => parseScope(path)) } as const;
    return async (round: number) => {
      const text = syntheticQuestion(round);
      const vector = unitVector((await embedder.embed([text])).vectors[0] ?? []);
      await Promise.all([
        storage.nearest({ vector, filter, limit: 20 }),
        storage.matching?.({ text, filter, limit: 20 }),
      ]);
    };
  };
  const { p50, ratio } = await interleave(60, { one: searchIn(one), ten: searchIn(ten) });
  await storage.close();
  const times = ratio("ten", "one");
  return [
    {
      what: `search in ten scopes of 0.5 %, ${records} × ${dimensions}`,
      measured: `p50 ${p50.ten.toFixed(2)} ms`,
      beside: `in one of 5 % ${p50.one.toFixed(2)} ms (${times.toFixed(2)} ×)`,
      target: "≤ 1.5 ×",
      holds: times <= 1.5,
    },
  ];
}

import { unitVector } from "@unimem/core";
import { cosine, covers, parseScope } from "@unimem/core/storage";
import { lanceStorage } from "@unimem/lancedb";
import { filledStore } from "./filled-store.ts";
import type { Finding } from "./report.ts";
import { placeOf, syntheticEmbedder, syntheticFact, syntheticQuestion } from "./synthetic-facts.ts";

const questions = 100;
const limit = 20;
const cuts = [10, 20];
const places = {
  everywhere: "/",
  "in 5 %": placeOf(3, "part"),
  "in 0.5 %": placeOf(3, "area"),
  "in 0.1 %": placeOf(3, "room"),
};

/** How much of what an exact search finds `nearest` finds through the index of LanceDB. */
export async function exactDistance(
  folder: string,
  records: number,
  dimensions: number,
): Promise<Finding[]> {
  const embedder = syntheticEmbedder(dimensions);
  const unit = async (text: string) => unitVector((await embedder.embed([text])).vectors[0] ?? []);
  const facts = await Promise.all(
    Array.from({ length: records }, async (_, i) => {
      const { content, scope } = syntheticFact(i);
      return { content, scope: parseScope(scope), vector: await unit(content) };
    }),
  );
  const storage = lanceStorage({ uri: filledStore(folder, records, dimensions) });
  await storage.open({ dimensions, embedder: embedder.id });
  const findings: Finding[] = [];
  for (const [place, path] of Object.entries(places)) {
    const scope = parseScope(path);
    const inside = facts.filter((fact) => covers(scope, fact.scope));
    const shares = cuts.map(() => 0);
    for (let i = 0; i < questions; i++) {
      const vector = await unit(syntheticQuestion(i));
      const exact = inside
        .map(({ content, vector: own }) => ({ content, near: cosine(vector, own) }))
        .sort((a, b) => b.near - a.near);
      const filter = { visibleTo: "public", scopes: [scope] } as const;
      const nearest = await storage.nearest({ vector, filter, limit });
      for (const [at, cut] of cuts.entries()) {
        const found = new Set(nearest.slice(0, cut).map(({ record }) => record.content));
        const missed = exact.slice(0, cut).filter(({ content }) => !found.has(content));
        shares[at] = (shares[at] ?? 0) + (1 - missed.length / cut) / questions;
      }
    }
    findings.push({
      what: `nearest beside exact search, ${records} × ${dimensions}, ${place}`,
      measured: shares.map((share) => share.toFixed(3)).join("  "),
      beside: `of the first ${cuts.join(" and ")}`,
    });
  }
  await storage.close();
  return findings;
}

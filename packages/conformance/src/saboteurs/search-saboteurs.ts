import { matchesFilter, type NearestRecord } from "@unimem/core/storage";
import { everything } from "../store-calls.ts";
import { instead } from "./instead.ts";
import type { Saboteur } from "./saboteur.ts";

/** Answers other similarities, in the same order. */
function measuring(name: string, change: (similarity: number) => number): Saboteur {
  return instead(name, "nearest", ({ nearest }) => async (query) => {
    const found = await nearest(query);
    return found.map(
      ({ record, similarity }): NearestRecord => ({ record, similarity: change(similarity) }),
    );
  });
}

const all = { filter: everything, limit: 100_000, offset: 0 };

export const searchSaboteurs: readonly Saboteur[] = [
  instead("finds the nearest, then filters", "nearest", ({ nearest }) => async (query) => {
    const found = await nearest({ ...query, filter: everything });
    return found.filter(({ record }) => matchesFilter(record, query.filter));
  }),
  instead("finds ten times as many, then filters", "nearest", ({ nearest }) => async (query) => {
    const found = await nearest({ ...query, filter: everything, limit: query.limit * 10 });
    return found.filter(({ record }) => matchesFilter(record, query.filter)).slice(0, query.limit);
  }),
  instead("matches, then filters", "matching", ({ matching }) => async (query) => {
    const found = await matching({ ...query, filter: everything });
    return found.filter(({ record }) => matchesFilter(record, query.filter));
  }),
  instead(
    "answers the farthest first",
    "nearest",
    ({ nearest }) =>
      async (query) =>
        (await nearest(query)).reverse(),
  ),
  instead(
    "answers one nearest too few",
    "nearest",
    ({ nearest }) =>
      async (query) =>
        (await nearest(query)).slice(0, Math.max(1, query.limit - 1)),
  ),
  instead("hides records that are equally near", "nearest", ({ nearest }) => async (query) => {
    const found = await nearest(query);
    return found.filter((each, i) => each.similarity !== found[i - 1]?.similarity);
  }),
  instead(
    "never finds what points away",
    "nearest",
    ({ nearest }) =>
      async (query) =>
        (await nearest(query)).filter(({ similarity }) => similarity >= 0),
  ),
  measuring("answers 1 / (1 + distance)", (cosine) => 1 / (1 + 2 - 2 * cosine)),
  measuring("answers a distance", (cosine) => 1 - cosine),
  measuring("answers cosine scaled to 0..1", (cosine) => (1 + cosine) / 2),
  measuring("answers cosine with three digits", (cosine) => Math.round(cosine * 1000) / 1000),
  instead(
    "answers matches in the order of ids",
    "matching",
    ({ matching }) =>
      async (query) =>
        (await matching(query)).sort((a, b) => (a.record.id < b.record.id ? -1 : 1)),
  ),
  instead(
    "answers matches with no relevance",
    "matching",
    ({ matching }) =>
      async (query) =>
        (await matching(query)).map((each) => ({ ...each, relevance: 0 })),
  ),
  instead(
    "answers matches with another vector",
    "matching",
    ({ matching }) =>
      async (query) =>
        (await matching(query)).map((each) => ({ ...each, vector: each.vector.toReversed() })),
  ),
  instead(
    "minds case in matching",
    "matching",
    ({ matching }) =>
      async (query) =>
        (await matching(query)).filter(({ record }) =>
          query.text.split(" ").some((word) => record.content.includes(word.replace(/\W/g, ""))),
        ),
  ),
  instead("reads text as a query language", "matching", ({ matching }) => (query) => {
    if (/["():*~^\\[\]{}]/.test(query.text)) throw new Error("syntax error near end of query");
    return matching(query);
  }),
  instead(
    "wants every word of a text",
    "matching",
    ({ matching }) =>
      async (query) =>
        (await matching(query)).filter(({ record }) =>
          query.text.split(" ").every((word) => record.content.toLowerCase().includes(word)),
        ),
  ),
  instead(
    "answers everything to an empty text",
    "matching",
    ({ matching, list, get }) =>
      async (query) => {
        if (query.text.trim() !== "") return matching(query);
        const found = await get((await list({ ...all, ...query })).map(({ id }) => id));
        return found.flatMap((each) => {
          if (each === undefined) return [];
          const { vector, ...record } = each;
          return [{ record, vector, relevance: 1 }];
        });
      },
  ),
];

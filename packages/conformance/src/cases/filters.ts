import assert from "node:assert/strict";
import { matchesFilter, newestFirst, parseScope, type RecordFilter } from "@unimem/core/storage";
import { checkReads } from "../check-reads.ts";
import { type ConformanceCase, casesAbout } from "../conformance-case.ts";
import { corpusWord, filterCorpus } from "../filter-corpus.ts";
import { sampleVector } from "../sample-vector.ts";
import { everything, listIds, put } from "../store-calls.ts";
import { combinedQuestions } from "./combined-questions.ts";
import type { FilterQuestion } from "./filter-question.ts";
import { metadataQuestions } from "./metadata-questions.ts";
import { singleQuestions } from "./single-questions.ts";

/** Asks one filter of every method, with a small and a large limit, and then removes what it matches. */
function filterCase({ name, proves, filter }: FilterQuestion): Omit<ConformanceCase, "topic"> {
  return {
    name,
    proves,
    async run({ open }) {
      const storage = await open();
      const held = filterCorpus();
      await put(storage, ...held);
      const vector = sampleVector(name);
      for (const [limit, offset] of [
        [3, 0],
        [3, 2],
        [1_000, 0],
      ] as const)
        await checkReads(storage, held, { filter, limit, offset, vector, word: corpusWord });
      const left = held.filter((record) => !matchesFilter(record, filter)).sort(newestFirst);
      assert.equal(await storage.remove(filter), held.length - left.length, "remove");
      assert.deepEqual(
        await listIds(storage, everything),
        left.map(({ id }) => id),
        "what remove left",
      );
    },
  };
}

const filterQuestions = [...singleQuestions, ...metadataQuestions, ...combinedQuestions];

export const filterCases: ConformanceCase[] = [
  ...Map.groupBy(filterQuestions, ({ topic }) => topic),
].flatMap(([topic, questions]) => casesAbout(`Filters: ${topic}`, questions.map(filterCase)));

export const manyConditionsCases: ConformanceCase[] = casesAbout("Filters: size", [
  {
    name: "a filter takes a thousand ids, sources, categories and superseding ids",
    proves: "A long list of conditions is not cut by a limit of a query language.",
    async run({ open }) {
      const storage = await open();
      const held = filterCorpus();
      await put(storage, ...held);
      const many = Array.from({ length: 1_000 }, (_, i) => `unknown ${i}`);
      const filters: RecordFilter[] = [
        { visibleTo: "all", ids: [...many, "corpus-03", "corpus-00"] },
        { visibleTo: "all", categories: [...many, "red", "it's"] },
        { visibleTo: "all", sources: [...many, "alice", ""] },
        { visibleTo: "all", state: "any", supersededBy: [...many, "corpus-01"] },
        { visibleTo: "all", metadata: { priority: { in: [...many, 1, "1"] } } },
        { visibleTo: "all", scopes: [parseScope(`/${"x".repeat(500)}`), parseScope("/app")] },
      ];
      for (const filter of filters)
        await checkReads(storage, held, {
          filter,
          limit: 100,
          vector: sampleVector("many"),
          word: corpusWord,
        });
    },
  },
]);

import type { LanguageModel } from "@unimem/core";

/**
 * Stands in for the model of a deep recall, the same in every run: it takes a query apart at its question
 * marks, and looks for more with the words of the best match. What is measured with it is what the path itself
 * gains and loses; a real model knows what words mean, and makes mistakes.
 */
export function scriptedAnalyst(): LanguageModel {
  return {
    id: "scripted",
    async generate({ name, prompt }) {
      const question = JSON.parse(prompt);
      return { value: name === "find_gaps" ? gaps(question) : analysis(question) };
    },
  };
}

function analysis({ query }: { query: string }) {
  const queries = query.split(/(?<=\?) /);
  return {
    queries,
    keywords: namesIn(query),
    scopes: [],
    complexity: queries.length > 1 ? "complex" : "simple",
    from: null,
    until: null,
  };
}

function gaps({ query, memories }: { query: string; memories: readonly { content: string }[] }) {
  const question = [...namesIn(query), memories[0]?.content.slice(0, 200)].join(" ");
  return { missing: [{ fact: "what goes with the best match", question }] };
}

/** Capitalised words that do not open the query. */
function namesIn(query: string): string[] {
  return [...new Set(query.slice(1).match(/\p{Lu}[\p{L}\p{N}]+/gu) ?? [])];
}

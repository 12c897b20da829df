import { type ScriptedModel, scriptedModel } from "unimem/testing";

/** What a model would say of one memory; what is left out is ordinary. */
export interface Filing {
  readonly scope?: string;
  readonly categories?: readonly string[];
  readonly importance?: number;
  readonly entities?: readonly string[];
  /** What becomes of the first similar memory. */
  readonly first?: { readonly action: "keep" | "update" | "delete"; readonly content?: string };
  readonly insert?: boolean;
}

/**
 * Stands in for a language model, so that the examples run without a key and always print the same: it files
 * each memory as `filings` says for its text. With OPENAI_API_KEY the examples ask a real model instead.
 */
export function filingModel(filings: Readonly<Record<string, Filing>>): ScriptedModel {
  return scriptedModel(({ prompt }) => {
    const question = JSON.parse(prompt) as {
      drafts: { draft: number; content: string; similar?: { record: number }[] }[];
    };
    return {
      drafts: question.drafts.map(({ draft, content, similar = [] }) => {
        const { scope, categories, importance, entities, first, insert } = filings[content] ?? {};
        const keep = { action: "keep" as const };
        return {
          draft,
          scope: scope ?? "/",
          categories: categories ?? [],
          importance: importance ?? 0.5,
          metadata: { entities: entities ?? [], dates: [], topics: [] },
          records: similar.map(({ record }, i) => {
            const { action, content = null } = { ...((i === 0 && first) || keep) } as {
              action: string;
              content?: string | null;
            };
            return { record, action, content };
          }),
          insert: insert ?? true,
        };
      }),
    };
  });
}

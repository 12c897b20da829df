import { type Embedder, invalidInput, lexicalEmbedder } from "@unimem/core";
import { needPackage } from "./need-package.ts";

/** What `embedder` may be: `"lexical"`, an embedder, or a name or configuration for `@unimem/providers`. */
export type EmbedderChoice = Embedder | string | { readonly provider: string };

/** What `llm` may be: `false` for none, or a name or configuration for `@unimem/providers`. */
export type ModelChoice = false | string | { readonly provider: string };

const withoutKeys =
  ' Or pass embedder: "lexical" and llm: false, which need no package and no key.';

/** The embedder to use, made on first use; refused then if the model cannot be had. */
export function resolveEmbedder(
  embedder: EmbedderChoice = "openai/text-embedding-3-large",
  llm: ModelChoice = "gpt-4o-mini",
): () => Promise<Embedder> {
  checkChoice(
    embedder,
    "embedder",
    'a name such as "lexical", an object with id, dimensions and embed(), or { provider }',
  );
  if (llm !== false)
    checkChoice(llm, "llm", 'false, a name such as "gpt-4o-mini", or { provider }');
  return async () => {
    if (llm !== false) await needPackage("@unimem/providers", `llm ${label(llm)}`, withoutKeys);
    if (isEmbedder(embedder)) return embedder;
    if (embedder === "lexical") return lexicalEmbedder();
    const { openEmbedder } = await needPackage<{
      openEmbedder: (choice: EmbedderChoice) => Promise<Embedder>;
    }>("@unimem/providers", `embedder ${label(embedder)}`, withoutKeys);
    return openEmbedder(embedder);
  };
}

function isEmbedder(choice: object | string): choice is Embedder {
  return typeof choice === "object" && "embed" in choice;
}

function checkChoice(choice: unknown, field: string, allowed: string): void {
  if (typeof choice === "string" && choice.trim() !== "") return;
  if (typeof choice === "object" && choice !== null && (isEmbedder(choice) || "provider" in choice))
    return;
  throw invalidInput(field, `${field} must be ${allowed}.`);
}

// A configuration may hold a key, so only its provider is named.
function label(choice: string | { readonly provider: string }): string {
  return JSON.stringify(typeof choice === "string" ? choice : choice.provider);
}

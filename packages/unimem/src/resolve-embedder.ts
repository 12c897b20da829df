import { type Embedder, invalidInput, lexicalEmbedder } from "@unimem/core";
import type { EmbedderChoice } from "@unimem/providers";

/**
 * The embedder to use, made on first use. Providers are loaded only where one of theirs is chosen; `timeoutMs` is
 * what a request may take where their configuration does not say.
 */
export function resolveEmbedder(
  choice: EmbedderChoice = "openai/text-embedding-3-large",
  timeoutMs?: number,
): () => Promise<Embedder> {
  if (!isChoice(choice))
    throw invalidInput(
      "embedder",
      'embedder must be a name such as "lexical", { provider, model, config }, an embedding model of the AI SDK, a function from texts to vectors, or an object with id, dimensions and embed().',
    );
  return async () => {
    if (choice === "lexical") return lexicalEmbedder();
    if (isEmbedder(choice)) return choice;
    const { openEmbedder } = await import("@unimem/providers");
    return openEmbedder(choice, { timeoutMs });
  };
}

function isChoice(choice: unknown): boolean {
  if (typeof choice === "string") return choice.trim() !== "";
  if (typeof choice === "function") return true;
  // Models of the AI SDK have a provider too.
  return isEmbedder(choice) || (isObject(choice) && "provider" in choice);
}

function isEmbedder(choice: unknown): choice is Embedder {
  return isObject(choice) && "embed" in choice;
}

function isObject(choice: unknown): choice is object {
  return typeof choice === "object" && choice !== null;
}

import type { MemoryError } from "../domain/memory-error.ts";
import type { Runtime } from "../domain/runtime.ts";
import type { Scope } from "../domain/scope.ts";
import type { Ask } from "../model/ask-model.ts";
import type { MemoryMatch } from "../recall/rank-matches.ts";
import { type RecallQuery, recallMatches } from "../recall/recall-matches.ts";
import type { Embed } from "../save/embed-saves.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import type { MemorySettings } from "./memory-settings.ts";

export interface SearchQuery extends RecallQuery {
  /** The root of the view that recalls. */
  readonly root: Scope;
  readonly depth: "deep" | "shallow";
  /** @default the memory's */
  readonly timeZone?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SearchParts {
  readonly storage: StorageBackend;
  readonly embed: Embed;
  /** Absent where there is no model: then a deep search is a shallow one. */
  readonly ask: Ask | undefined;
  readonly onFallback: (step: "analyse" | "explore", error: MemoryError) => void;
  readonly settings: MemorySettings;
  readonly runtime: Runtime;
}

/** One search, or a deep one, with the settings of a memory. */
export async function searchRecords(
  query: SearchQuery,
  { storage, embed, ask, onFallback, settings, runtime }: SearchParts,
): Promise<MemoryMatch[]> {
  const { depth, limit, signal, timeZone = settings.timeZone } = query;
  const tools = {
    storage,
    embed: (texts: readonly string[]) => embed(texts, signal),
    now: runtime.now(),
    weights: settings,
    candidateLimit: Math.ceil(limit * settings.recallOversampleFactor),
    hybrid: settings.lexicalWeight > 0,
  };
  if (depth === "shallow" || ask === undefined) return recallMatches(query, tools);
  // What speaks to a model needs zod, which costs more to load than all the rest of this package.
  const { deepRecall } = await import("../recall/deep-recall.ts");
  return deepRecall(
    { ...query, timeZone },
    { ...tools, ask, signal, onFallback, limits: settings },
  );
}

import { Memory } from "../memory/memory.ts";
import type { MemoryOptions } from "../memory/memory-options.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "./manual-runtime.ts";
import { scriptedEmbedder } from "./scripted-embedder.ts";
import { scriptedModel } from "./scripted-model.ts";

export const day = 24 * 60 * 60 * 1000;
const nothing = { keywords: [], scopes: [], complexity: "simple", from: null, until: null };
export const analysis = { queries: ["key"], ...nothing };

export type Answers = { [Name in "analyse_query" | "find_gaps"]?: unknown };

/** A memory whose model answers each step as given; a function is asked anew each time. */
export function memoryWithModel(answers: Answers, options: Partial<MemoryOptions> = {}) {
  const runtime = manualRuntime("2026-01-15T22:30:00.000Z"); // a Thursday; in Tokyo it is Friday
  const embedder = scriptedEmbedder();
  const model = scriptedModel((request) => {
    const answer = answers[request.name as keyof Answers];
    return typeof answer === "function" ? answer(request) : answer;
  });
  const memory = new Memory({
    storage: inMemoryStorage(),
    embedder,
    llm: model,
    runtime,
    queryAnalysisThreshold: 0,
    explorationBudget: 0,
    ...options,
  });
  const fallbacks: unknown[] = [];
  memory.on("model.fallback", ({ step, code }) => fallbacks.push([step, code]));
  const asked = (name: string) =>
    model.calls
      .filter((request) => request.name === name)
      .map(({ prompt }) => JSON.parse(prompt) as Record<string, unknown>);
  return { memory, runtime, embedder, model, asked, fallbacks };
}

/** Every field is given, so that saving has nothing to ask the model. */
export const save = (memory: Memory, content: string, scope = "/") =>
  memory.remember(content, { scope, categories: [], metadata: {}, importance: 0 });

export const contents = (matches: readonly { record: { content: string } }[]) =>
  matches.map(({ record }) => record.content).sort();

/** Lets everything run that waits for nothing but its turn, the loading of modules included. */
export async function settle(): Promise<void> {
  await import("../recall/deep-recall.ts");
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

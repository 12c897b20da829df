import { isMemoryError } from "@unimem/core";
import { type Tool, tool } from "ai";
import { z } from "zod";
import type { AgentMemory, Store } from "./agent-memory.ts";
import { guardOf } from "./recalled-text-guard.ts";
import { failureNote, type ToolSettings } from "./tool-options.ts";
import { withinBudget } from "./within-budget.ts";

const description = `Keeps facts in long-term memory for later conversations. Use it when you learn something that will still matter then: who people are and what they prefer, decisions and their reasons, dates, commitments, lessons. Write each fact so that it can be understood alone: name who and what, keep numbers and dates exact, one fact each. Do not keep small talk, guesses, secrets such as passwords, or what the memory already told you.`;

const inputSchema = z.object({
  facts: z
    .array(z.string().min(1).max(2000))
    .min(1)
    .max(20)
    .describe('Each a whole sentence: ["Ana prefers meetings in the morning."]'),
});

export type RememberMemoryInput = z.infer<typeof inputSchema>;

export interface RememberMemoryOutput {
  /** How many facts the memory has taken. */
  readonly accepted: number;
  /** How many were left out, because the memory itself has told them shortly before. */
  readonly known: number;
  readonly note?: string;
}

export function rememberMemoryTool(
  memory: AgentMemory,
  store: Store,
  { remember, recall, timeoutMs, runtime }: ToolSettings,
): Tool<RememberMemoryInput, RememberMemoryOutput> {
  return tool({
    description,
    inputSchema,
    async execute({ facts }, { abortSignal }): Promise<RememberMemoryOutput> {
      const guard = guardOf(memory, recall.source);
      const news = facts.map((fact) => fact.toWellFormed()).filter((fact) => !guard.isEcho(fact));
      const known = facts.length - news.length;
      if (news.length === 0) return { accepted: 0, known };
      try {
        const saving = () => store(news, remember);
        await withinBudget(saving, { timeoutMs, runtime, signal: abortSignal });
        guard.forget();
        return { accepted: news.length, known };
      } catch (error) {
        // The time is up for waiting, not for the write.
        if (isMemoryError(error, "ABORTED"))
          return { accepted: news.length, known, note: "They are still being stored." };
        return { accepted: 0, known, note: failureNote(error) };
      }
    },
  });
}

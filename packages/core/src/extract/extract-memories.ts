import PQueue from "p-queue";
import { isMemoryError, MemoryError } from "../domain/memory-error.ts";
import { isPlainObject } from "../domain/metadata.ts";
import type { Ask } from "../model/ask-model.ts";
import { plainAnswer } from "../model/plain-answer.ts";
import { untilSilent } from "../model/until-silent.ts";
import { usableText } from "../model/usable-texts.ts";
import { extractMemoriesPrompt } from "../prompts/extract-memories.ts";
import { splitText } from "./split-text.ts";

/** About 6,000 tokens, so that a part and its statements fit a small local model. */
export const extractionCharacters = 24_000;

export interface ExtractTools {
  readonly ask: Ask;
  readonly signal: AbortSignal | undefined;
  /** Told once where a part of the text comes back whole, because the model failed. */
  readonly onFallback: (error: MemoryError) => void;
}

/**
 * Discrete statements that can be understood alone, in the order of the text and without repeats. A long text
 * is asked about in parts; a part for which the model fails comes back whole, as one statement.
 */
export async function extractStatements(
  text: string,
  { ask, signal, onFallback }: ExtractTools,
): Promise<string[]> {
  let failure: MemoryError | undefined;
  const patientAsk = untilSilent()(ask);
  const attempts = splitText(text, extractionCharacters).map((part) => async () => {
    try {
      return statementsOf(await patientAsk(extractMemoriesPrompt(part), signal), part);
    } catch (error) {
      if (!isMemoryError(error, "MODEL_FAILED")) throw error;
      failure = error;
      return [part];
    }
  });
  const found = await new PQueue({ concurrency: 4 }).addAll(attempts);
  if (failure !== undefined) onFallback(failure);
  return withoutRepeats(found.flat());
}

/** What an answer states, checked: a statement says less than the whole text it was found in. */
function statementsOf(answer: unknown, part: string): string[] {
  const plain = plainAnswer(answer);
  const memories = isPlainObject(plain) ? plain.memories : undefined;
  if (!Array.isArray(memories)) throw unusable();
  const statements = memories.flatMap((each) => usableText(each, part.length + 500) ?? []);
  if (statements.length === 0 && memories.length > 0) throw unusable();
  return statements;
}

// Only what surely is a repeat: a sign inside a statement may be a minus, or the end of "C#".
function withoutRepeats(statements: readonly string[]): string[] {
  const seen = new Set<string>();
  return statements.filter((statement) => {
    const key = statement
      .normalize()
      .toLowerCase()
      .replace(/\s+/g, " ")
      .replace(/[.!。！]+$/, "");
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function unusable(): MemoryError {
  return new MemoryError("MODEL_FAILED", "The language model did not answer with statements.");
}
